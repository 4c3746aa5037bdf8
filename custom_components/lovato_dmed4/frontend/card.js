/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var V=globalThis,j=V.ShadowRoot&&(V.ShadyCSS===void 0||V.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,le=Symbol(),Ne=new WeakMap,O=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==le)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(j&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=Ne.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&Ne.set(t,e))}return e}toString(){return this.cssText}},ze=i=>new O(typeof i=="string"?i:i+"",void 0,le),v=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((r,n,o)=>r+(s=>{if(s._$cssResult$===!0)return s.cssText;if(typeof s=="number")return s;throw Error("Value passed to 'css' function must be a 'css' function result: "+s+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[o+1],i[0]);return new O(t,i,le)},Le=(i,e)=>{if(j)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),n=V.litNonce;n!==void 0&&r.setAttribute("nonce",n),r.textContent=t.cssText,i.appendChild(r)}},ce=j?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return ze(t)})(i):i;var{is:Ht,defineProperty:Pt,getOwnPropertyDescriptor:Nt,getOwnPropertyNames:zt,getOwnPropertySymbols:Lt,getPrototypeOf:Dt}=Object,K=globalThis,De=K.trustedTypes,It=De?De.emptyScript:"",Ut=K.reactiveElementPolyfillSupport,H=(i,e)=>i,he={toAttribute(i,e){switch(e){case Boolean:i=i?It:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},Ue=(i,e)=>!Ht(i,e),Ie={attribute:!0,type:String,converter:he,reflect:!1,useDefault:!1,hasChanged:Ue};Symbol.metadata??=Symbol("metadata"),K.litPropertyMetadata??=new WeakMap;var $=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Ie){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),n=this.getPropertyDescriptor(e,r,t);n!==void 0&&Pt(this.prototype,e,n)}}static getPropertyDescriptor(e,t,r){let{get:n,set:o}=Nt(this.prototype,e)??{get(){return this[t]},set(s){this[t]=s}};return{get:n,set(s){let d=n?.call(this);o?.call(this,s),this.requestUpdate(e,d,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Ie}static _$Ei(){if(this.hasOwnProperty(H("elementProperties")))return;let e=Dt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(H("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(H("properties"))){let t=this.properties,r=[...zt(t),...Lt(t)];for(let n of r)this.createProperty(n,t[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,n]of t)this.elementProperties.set(r,n)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let n=this._$Eu(t,r);n!==void 0&&this._$Eh.set(n,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let n of r)t.unshift(ce(n))}else e!==void 0&&t.push(ce(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Le(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),n=this.constructor._$Eu(e,r);if(n!==void 0&&r.reflect===!0){let o=(r.converter?.toAttribute!==void 0?r.converter:he).toAttribute(t,r.type);this._$Em=e,o==null?this.removeAttribute(n):this.setAttribute(n,o),this._$Em=null}}_$AK(e,t){let r=this.constructor,n=r._$Eh.get(e);if(n!==void 0&&this._$Em!==n){let o=r.getPropertyOptions(n),s=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:he;this._$Em=n;let d=s.fromAttribute(t,o.type);this[n]=d??this._$Ej?.get(n)??d,this._$Em=null}}requestUpdate(e,t,r,n=!1,o){if(e!==void 0){let s=this.constructor;if(n===!1&&(o=this[e]),r??=s.getPropertyOptions(e),!((r.hasChanged??Ue)(o,t)||r.useDefault&&r.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(s._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:n,wrapped:o},s){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,s??t??this[e]),o!==!0||s!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),n===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,o]of this._$Ep)this[n]=o;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[n,o]of r){let{wrapped:s}=o,d=this[n];s!==!0||this._$AL.has(n)||d===void 0||this.C(n,void 0,o,d)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};$.elementStyles=[],$.shadowRootOptions={mode:"open"},$[H("elementProperties")]=new Map,$[H("finalized")]=new Map,Ut?.({ReactiveElement:$}),(K.reactiveElementVersions??=[]).push("2.1.2");var ve=globalThis,Fe=i=>i,B=ve.trustedTypes,We=B?B.createPolicy("lit-html",{createHTML:i=>i}):void 0,Ge="$lit$",_=`lit$${Math.random().toFixed(9).slice(2)}$`,Je="?"+_,Ft=`<${Je}>`,S=document,N=()=>S.createComment(""),z=i=>i===null||typeof i!="object"&&typeof i!="function",be=Array.isArray,Wt=i=>be(i)||typeof i?.[Symbol.iterator]=="function",pe=`[ 	
\f\r]`,P=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ve=/-->/g,je=/>/g,w=RegExp(`>|${pe}(?:([^\\s"'>=/]+)(${pe}*=${pe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Ke=/'/g,Be=/"/g,Ye=/^(?:script|style|textarea|title)$/i,$e=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),p=$e(1),_e=$e(2),$r=$e(3),A=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),qe=new WeakMap,E=S.createTreeWalker(S,129);function Ze(i,e){if(!be(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return We!==void 0?We.createHTML(e):e}var Vt=(i,e)=>{let t=i.length-1,r=[],n,o=e===2?"<svg>":e===3?"<math>":"",s=P;for(let d=0;d<t;d++){let a=i[d],c,l,u=-1,f=0;for(;f<a.length&&(s.lastIndex=f,l=s.exec(a),l!==null);)f=s.lastIndex,s===P?l[1]==="!--"?s=Ve:l[1]!==void 0?s=je:l[2]!==void 0?(Ye.test(l[2])&&(n=RegExp("</"+l[2],"g")),s=w):l[3]!==void 0&&(s=w):s===w?l[0]===">"?(s=n??P,u=-1):l[1]===void 0?u=-2:(u=s.lastIndex-l[2].length,c=l[1],s=l[3]===void 0?w:l[3]==='"'?Be:Ke):s===Be||s===Ke?s=w:s===Ve||s===je?s=P:(s=w,n=void 0);let g=s===w&&i[d+1].startsWith("/>")?" ":"";o+=s===P?a+Ft:u>=0?(r.push(c),a.slice(0,u)+Ge+a.slice(u)+_+g):a+_+(u===-2?d:g)}return[Ze(i,o+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},L=class i{constructor({strings:e,_$litType$:t},r){let n;this.parts=[];let o=0,s=0,d=e.length-1,a=this.parts,[c,l]=Vt(e,t);if(this.el=i.createElement(c,r),E.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=E.nextNode())!==null&&a.length<d;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(Ge)){let f=l[s++],g=n.getAttribute(u).split(_),b=/([.?@])?(.*)/.exec(f);a.push({type:1,index:o,name:b[2],strings:g,ctor:b[1]==="."?me:b[1]==="?"?fe:b[1]==="@"?ge:C}),n.removeAttribute(u)}else u.startsWith(_)&&(a.push({type:6,index:o}),n.removeAttribute(u));if(Ye.test(n.tagName)){let u=n.textContent.split(_),f=u.length-1;if(f>0){n.textContent=B?B.emptyScript:"";for(let g=0;g<f;g++)n.append(u[g],N()),E.nextNode(),a.push({type:2,index:++o});n.append(u[f],N())}}}else if(n.nodeType===8)if(n.data===Je)a.push({type:2,index:o});else{let u=-1;for(;(u=n.data.indexOf(_,u+1))!==-1;)a.push({type:7,index:o}),u+=_.length-1}o++}}static createElement(e,t){let r=S.createElement("template");return r.innerHTML=e,r}};function T(i,e,t=i,r){if(e===A)return e;let n=r!==void 0?t._$Co?.[r]:t._$Cl,o=z(e)?void 0:e._$litDirective$;return n?.constructor!==o&&(n?._$AO?.(!1),o===void 0?n=void 0:(n=new o(i),n._$AT(i,t,r)),r!==void 0?(t._$Co??=[])[r]=n:t._$Cl=n),n!==void 0&&(e=T(i,n._$AS(i,e.values),n,r)),e}var ue=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,n=(e?.creationScope??S).importNode(t,!0);E.currentNode=n;let o=E.nextNode(),s=0,d=0,a=r[0];for(;a!==void 0;){if(s===a.index){let c;a.type===2?c=new D(o,o.nextSibling,this,e):a.type===1?c=new a.ctor(o,a.name,a.strings,this,e):a.type===6&&(c=new ye(o,this,e)),this._$AV.push(c),a=r[++d]}s!==a?.index&&(o=E.nextNode(),s++)}return E.currentNode=S,n}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},D=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,n){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=T(this,e,t),z(e)?e===h||e==null||e===""?(this._$AH!==h&&this._$AR(),this._$AH=h):e!==this._$AH&&e!==A&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Wt(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==h&&z(this._$AH)?this._$AA.nextSibling.data=e:this.T(S.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,n=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=L.createElement(Ze(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===n)this._$AH.p(t);else{let o=new ue(n,this),s=o.u(this.options);o.p(t),this.T(s),this._$AH=o}}_$AC(e){let t=qe.get(e.strings);return t===void 0&&qe.set(e.strings,t=new L(e)),t}k(e){be(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,n=0;for(let o of e)n===t.length?t.push(r=new i(this.O(N()),this.O(N()),this,this.options)):r=t[n],r._$AI(o),n++;n<t.length&&(this._$AR(r&&r._$AB.nextSibling,n),t.length=n)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=Fe(e).nextSibling;Fe(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},C=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,n,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=e,this.name=t,this._$AM=n,this.options=o,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=h}_$AI(e,t=this,r,n){let o=this.strings,s=!1;if(o===void 0)e=T(this,e,t,0),s=!z(e)||e!==this._$AH&&e!==A,s&&(this._$AH=e);else{let d=e,a,c;for(e=o[0],a=0;a<o.length-1;a++)c=T(this,d[r+a],t,a),c===A&&(c=this._$AH[a]),s||=!z(c)||c!==this._$AH[a],c===h?e=h:e!==h&&(e+=(c??"")+o[a+1]),this._$AH[a]=c}s&&!n&&this.j(e)}j(e){e===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},me=class extends C{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===h?void 0:e}},fe=class extends C{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==h)}},ge=class extends C{constructor(e,t,r,n,o){super(e,t,r,n,o),this.type=5}_$AI(e,t=this){if((e=T(this,e,t,0)??h)===A)return;let r=this._$AH,n=e===h&&r!==h||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,o=e!==h&&(r===h||n);n&&this.element.removeEventListener(this.name,this,r),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ye=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){T(this,e)}};var jt=ve.litHtmlPolyfillSupport;jt?.(L,D),(ve.litHtmlVersions??=[]).push("3.3.3");var Xe=(i,e,t)=>{let r=t?.renderBefore??e,n=r._$litPart$;if(n===void 0){let o=t?.renderBefore??null;r._$litPart$=n=new D(e.insertBefore(N(),o),o,void 0,t??{})}return n._$AI(i),n};var xe=globalThis,y=class extends ${constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Xe(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return A}};y._$litElement$=!0,y.finalized=!0,xe.litElementHydrateSupport?.({LitElement:y});var Kt=xe.litElementPolyfillSupport;Kt?.({LitElement:y});(xe.litElementVersions??=[]).push("4.2.2");var m="lovato_dmed4";function Qe(i,e){let t=i.devices[e];return t?.name_by_user??t?.name??""}async function we(i,e,t){return(await i.callService(m,e,t,void 0,!1,!0)).response}async function et(i,e,t,r={}){let[n=""]=t.split(".",1),o={entity_id:t,...r};await i.callService(n,e,o,void 0,!1,!1)}async function tt(i,e){let t=e.includes("authSig=")?e:(await i.callWS({type:"auth/sign_path",path:e,expires:60})).path,r=document.createElement("a");r.href=i.hassUrl(t),r.download="",r.click()}function rt(i,e){let t=new Map;for(let{entity_id:r,device_id:n,platform:o,translation_key:s}of Object.values(i.entities))n===e&&o===m&&s&&t.set(`${r.split(".",1).join()}.${s}`,r);return t}function q(i,e,t){return i.states[e.get(t)??""]}function G(i){return Object.values(i.entities).filter(({platform:e,translation_key:t})=>e===m&&t==="power").flatMap(({device_id:e})=>e??[])}function nt(i){return i!==void 0&&i.state!=="unavailable"&&i.state!=="unknown"}var Bt={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function x(i,e=i?.state){let t=String(i?.attributes.unit_of_measurement),r=Number.parseFloat(e??"")*(Bt[t]??1);return Number.isFinite(r)?r:null}function Ee(i,e){let t=i?.attributes[e];return Array.isArray(t)?t.map(String):[]}function it(i,e,t){return!i||i==="0.1.0"?h:t(p`<p>${e("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${e("panel.reload")}
</button>`)}var qt={B:"begin",E:"end",r:"end",L:"end",R:"end",A:"end",P:"power_failure"};function Se(i){let{readings:e,signature:t,verdict:r,pagination:n,record_url:o,archived:s}=i,d=e.at(-1),a=e[e.length/2],c=a?.transaction??d?.transaction??"",l=a?.time??d?.time;return{kind:qt[c]??"intermediate",time:l?new Date(l):null,energy:e.length===6?Gt(e[0],a):null,verdict:t==="valid"?r:t,pagination:n??null,downloads:[["OCMF",o],...s?[["XML",o.replace(/ocmf\b/,"xml")]]:[]],who:[i.driver,Jt(i.record)].filter(Boolean).join(" · ")}}function Gt(i,e){if(!i?.value||!e?.value)return null;let t=Number(e.value)-Number(i.value),r={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&r?Number((t*r).toFixed(6)):null}function Jt(i){try{let{ID:e}=JSON.parse(i.split("|",2)[1]??"");return typeof e=="string"?e:""}catch{return""}}async function ot(i,e){try{return await i.callWS({type:`${m}/rights`,device_id:e})}catch{return}}var J=v`button,select,input{box-sizing:border-box;min-height:44px;font:inherit;font-size:var(--ha-font-size-m);color:var(--primary-text-color)}button{display:inline-flex;align-items:center;justify-content:center;gap:8px;padding:0 16px;border:0;border-radius:var(--ha-border-radius-pill);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium);line-height:1.2;cursor:pointer;transition:background-color .12s}button:hover:not([disabled],[aria-disabled=true]){background:color-mix(in srgb,currentColor 20%,transparent)}button.start{background:var(--ha-color-fill-success-loud-resting);color:var(--ha-color-on-success-loud)}button.start:hover:not([disabled],[aria-disabled=true]){background:var(--ha-color-fill-success-loud-hover)}button.end{background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}button.end:hover:not([disabled],[aria-disabled=true]){background:var(--ha-color-fill-danger-normal-hover)}button:is([disabled],[aria-disabled=true]){cursor:default;opacity:.5}input,select{width:100%;padding:0 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;background:var(--ha-color-form-background)}input[type=checkbox]{flex:none;width:20px;min-height:20px;margin:0;accent-color:var(--primary-color)}option{background:var(--card-background-color)}[aria-invalid=true]{border-bottom-color:var(--error-color)}:focus-visible{outline:2px solid var(--primary-color);outline-offset:2px}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`,Y=v`dialog{box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-height:calc(100dvh - 32px);padding:24px;border:0;border-radius:var(--ha-border-radius-3xl);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 8px 32px #0000004d}dialog::backdrop{background:#0000007f}dialog h2{margin:0 0 8px;font-size:var(--ha-font-size-xl);font-weight:var(--ha-font-weight-medium)}dialog p{margin:0 0 16px;color:var(--secondary-text-color);line-height:1.5}dialog .buttons{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;margin-top:24px}`;var st="config_panel";function Ae(i){return`component.${m}.${st}.${i}`}function Re(i){let e=(t,r)=>i.localize(Ae(t),r);return e("card.action.start")?e:void 0}function at(i){i.loadBackendTranslation(st,m).catch(()=>{}),i.loadBackendTranslation("exceptions",m).catch(()=>{})}function I(i,e,t){return i.localize(`component.${m}.entity.${e}.state.${t}`)||t}async function ke(i,e){let{message:t,translation_domain:r,translation_key:n,translation_placeholders:o}=e??{};if(r&&n){let d=(await i.loadBackendTranslation("exceptions",r))(`component.${r}.exceptions.${n}.message`,o);if(d)return d}return t??Re(i)?.("error.connection")??""}var Z="lovato-dmed4-charge-card",Yt=["controls","record","display"],dt={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:m,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...Yt.map(i=>({name:i,default:!0,selector:{boolean:{}}}))],computeLabel:({name:i},e)=>e(Ae(`card.editor.${i}`))};function lt(i,e){let t=i.entities[e];return t?.platform!==m||!t.device_id||!G(i).includes(t.device_id)?null:{config:{type:`custom:${Z}`,device_id:t.device_id}}}async function ct(i,e,t,r){try{let o=(await i.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),...r?{end_time:new Date(r*1e3).toISOString()}:{},entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return o.flatMap(({s,lu:d},a)=>{let c=x(i.states[e],s);return c===null?[]:{from:d,to:o[a+1]?.lu??null,value:c}})}catch{return[]}}var ht=1e4,Te=500,Zt=5e3,X=class{#e;#t;#n;#r=!1;#o=0;#i;#s=Te;#l;constructor(e,t,r){this.#e=e,this.#t=t,this.#n=r}start(){this.#r||(this.#r=!0,this.#e.addEventListener("ready",this.#d),this.#e.addEventListener("disconnected",this.#c),this.#d())}stop(){this.#r&&(this.#r=!1,this.#e.removeEventListener("ready",this.#d),this.#e.removeEventListener("disconnected",this.#c),this.#m())}#d=()=>{this.#s=Te,this.#a()};#c=()=>{this.#i=void 0,this.#m()};#a(){if(this.#m(),!this.#e.connected)return;let e=this.#o,t=()=>e===this.#o;this.#u(ht),this.#e.subscribeMessage(r=>{t()&&this.#h(r)},{type:`${m}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(r=>{t()?this.#i=r:this.#f(r)},r=>{t()&&this.#p(r?.code)})}#h(e){if("ended"in e){this.#a();return}this.#s=Te,this.#u(ht),"power"in e&&this.#n(e)}#p(e){clearTimeout(this.#l),e!=="unauthorized"&&(this.#u(this.#s),this.#s=Math.min(2*this.#s,Zt))}#u(e){clearTimeout(this.#l),this.#l=setTimeout(()=>{this.#a()},e)}#m(){clearTimeout(this.#l),this.#o+=1,this.#i&&this.#f(this.#i),this.#i=void 0}#f(e){e().catch(()=>{})}};var pt={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},ut=new Map;function Xt({language:i,number_format:e}){return e in pt?pt[e]:i}function M(i,e,t){let{language:r,number_format:n}=t,o=`${r} ${n} ${e}`,s=ut.get(o);return s||(s=new Intl.NumberFormat(Xt(t),{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:n!=="none"}),ut.set(o,s)),s.format(Number(i.toFixed(e))||0)}function Q(i){let e=Math.max(0,Math.floor(i)),t=r=>String(r%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function Ce(i,e,t=new Date,r="short"){let{language:n,time_format:o,time_zone:s}=e.locale,d=s==="server"?{timeZone:e.config.time_zone}:{},a=new Intl.DateTimeFormat(n,{...d,dateStyle:"medium"}),l=new Intl.DateTimeFormat(o==="system"?void 0:n,{...d,timeStyle:r,...o==="12"||o==="24"?{hour12:o==="12"}:{}}).format(i);return a.format(i)===a.format(t)?l:`${a.format(i)}, ${l}`}var ee=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let r=Math.floor(e/this.#t),n=this.#e.get(r);n?(n.min=Math.min(n.min,t),n.max=Math.max(n.max,t),n.last=t):(this.#e.set(r,{min:t,max:t,last:t}),this.#n(e))}fill(e,t,r){let n=Math.ceil(t/this.#t);for(let o=Math.floor(e/this.#t);o<n;o+=1)this.#e.has(o)||this.#e.set(o,{min:r,max:r,last:r})}clear(){this.#e.clear()}#n(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let r of this.#e.keys())r<t&&this.#e.delete(r)}runs(e,t){let r=[],n=-1/0;for(let o of[...this.#e.keys()].sort((s,d)=>s-d)){let s=this.#e.get(o),d=Math.min((o+.5)*this.#t,e),a=1-(e-d)/this.seconds;!s||a<-this.#t/this.seconds||(d-n>t&&r.push([]),r.at(-1)?.push({x:a,...s}),n=d)}return r}};function ft(i){let[e,t]=[0,0];for(let{min:r,max:n}of i.flat())[e,t]=[Math.min(e,r),Math.max(t,n)];return{low:-mt(-e),high:Math.max(mt(t),e<0?0:1)}}var Qt=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function mt(i){if(i<=0)return 0;let e=i*1.1,t=10**Math.floor(Math.log10(e));return(Qt.find(n=>n*t>=e)??10)*t}var R=5,er=R*30,tr=15,U=1e3,te=100,gt=10,rr=14,nr=4e3;function Me(){return new ee(R*60,er)}var re=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;#t;#n;static styles=v`:host{display:block;position:relative;contain:content;color:var(--dmed4-accent, currentColor);touch-action:pan-y}svg{display:block;width:calc(100% - 14px);height:100%}.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}.grid{stroke:var(--divider-color);stroke-width:1;opacity:.6;vector-effect:non-scaling-stroke}.grid.zero{opacity:1}.head,.scale{position:absolute;pointer-events:none}.head{right:9px;width:10px;height:10px;margin-top:-5px;border-radius:50%;background:currentColor;box-shadow:0 0 0 5px color-mix(in srgb,currentColor 25%,transparent)}.scale{top:4px;left:var(--dmed4-padding, 16px);color:var(--secondary-text-color);font-size:var(--ha-font-size-s);text-shadow:0 0 2px var(--card-background-color),0 0 2px var(--card-background-color),0 0 2px var(--card-background-color);line-height:1.2}.value{right:var(--dmed4-padding, 16px);left:auto;color:var(--primary-text-color)}`;constructor(){super(),this.label="";let e=t=>{clearTimeout(this.#n);let{left:r,width:n}=this.getBoundingClientRect();this.#t=(t.clientX-r)/(n-rr),this.requestUpdate()};this.addEventListener("pointerdown",e),this.addEventListener("pointermove",e),this.addEventListener("pointerleave",({pointerType:t})=>{let r=t==="mouse"?0:nr;this.#n=setTimeout(()=>{this.#t=void 0,this.requestUpdate()},r)})}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,tr),{low:t,high:r}=ft(e),n=c=>te*(r-c)/(r-t),o=e.map(c=>or(c,n)),s=e.at(-1)?.at(-1),d=r<5?1:0,a=ir(e.flat(),this.#t);return p`
<svg
viewBox="0 0 ${U} ${te+gt}"
preserveAspectRatio="none"
role="img"
aria-label=${this.label}
>
<defs>
<linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
<stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
<stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
</linearGradient>
</defs>
<path class="grid" d="M0 ${n((t+r)/2)}H${U}" />
<path class="grid zero" d="M0 ${n(0)}H${U}" />
${o.map(({line:c,first:l,last:u})=>_e`
<path d="${c}L${u} ${n(0)}L${l} ${n(0)}Z" fill="url(#below)" />
<path class="line" d=${c} />`)}
${a&&_e`<path class="grid zero" d="M${a.x*U} 0V${te}" />`}
</svg>
${this.locale&&e.some(c=>c.some(({min:l,max:u})=>l||u))?p`<span class="scale" aria-hidden="true"
>${M(r,d,this.locale)} kW</span
>`:""}
${this.locale&&a?p`<span class="scale value"
>${M(a.last,2,this.locale)} kW ·
−${Q((1-a.x)*R*60)}</span
>`:""}
${s&&s.x>.98?p`<span
class="head"
style="top: ${100*n(s.last)/(te+gt)}%"
></span>`:""}
`}};function ir(i,e){if(e===void 0)return;let t=({x:r})=>Math.abs(r-e);return i.reduce((r,n)=>r&&t(r)<=t(n)?r:n,void 0)}function or(i,e){let t="",[r,n]=["",""];for(let o of i){n=(o.x*U).toFixed(1),r||=n;let s=o.max-o.min>.05*Math.abs(o.max)?[o.min,o.max,o.last]:[o.last];for(let d of s)t+=`${t?"L":"M"}${n} ${e(d).toFixed(1)}`}return{line:t,first:r,last:n}}var sr=250,ar=1e4,ne=class{measured=Me();#e;#t;#n;#r;#o;#i=0;#s=0;#l=0;#d=!1;#c=matchMedia("(prefers-reduced-motion: reduce)");#a=new IntersectionObserver(e=>{this.#d=e.some(t=>t.isIntersecting),this.#h()});constructor(e,t){this.#e=e,this.#t=t,e.addController(this)}hostConnected(){document.addEventListener("visibilitychange",this.#h),this.#a.observe(this.#e)}hostDisconnected(){document.removeEventListener("visibilitychange",this.#h),this.#a.disconnect(),this.#d=!1,this.#p()}get now(){return Date.now()+this.#l}get heard(){return Date.now()-this.#s<=ar}follow(e){this.#n=e,this.#h()}forget(){this.#t.figures(void 0),this.#s=0,this.#p(),this.measured=Me()}#h=()=>{let e=this.#n;if(!this.#d||document.visibilityState!=="visible"||!e){this.#p();return}this.#r||(this.#r=new X(e.hass.connection,e.deviceId,this.#u),this.#r.start(),this.#o=setInterval(this.#m,1e3),this.#f(e))};#p(){this.#r?.stop(),this.#r=void 0,clearInterval(this.#o)}#u=e=>{let t=Date.now();this.#l=e.time*1e3-t,this.#s=t,e.power!==null&&this.measured.add(e.time,e.power),this.#c.matches||this.#t.trace(e.time),!(t-this.#i<sr)&&(this.#i=t,this.#t.figures(e))};#m=()=>{this.heard||this.#t.figures(void 0),this.#t.trace(this.now/1e3),this.#e.requestUpdate()};async#f({hass:e,powerEntity:t}){let r=this.now/1e3-R*60,n=await ct(e,t,r);for(let{from:o,to:s,value:d}of n)this.measured.fill(Math.max(o,r),s??this.now/1e3,d);this.#t.trace(this.now/1e3)}};var dr={valid:"mdi:shield-check",key_changed:"mdi:key-alert-outline",invalid:"mdi:shield-alert"};function yt({hass:i,text:e,view:t},r,n,o){let s=!n&&t.lost?e(t.lost.charging?"card.lost.charging":"card.lost.idle",{time:Ce(new Date(t.lost.since),i)}):e(`card.state.${n??t.phase}`);return p`
<div class="header">
<div class="badge"><ha-icon icon=${t.icon}></ha-icon></div>
<div>
<h2>${r}</h2>
<p class="state">
<b role="status">${s}</b>${t.charging&&o?.who?p`<span> · ${o.who}</span>`:h}
</p>
</div>
</div>
`}function vt({text:i,view:e,disabled:t},r){return e.hasProblem?p`
<div class="banner" role="alert">
<ha-icon icon="mdi:alert-circle-outline"></ha-icon>
<div>
${e.errors.length?p`${i("card.problem.title")}
<ul>
${e.errors.map(n=>p`<li>${n}</li>`)}
</ul>`:i("card.problem.unnamed")}
</div>
${r&&e.resettable?p`<button ?disabled=${t} @click=${r}>
${i("card.action.reset")}
</button>`:h}
</div>
`:h}function bt({hass:i,text:e,view:t}){return p`
<div class="now">
<p class="power">
<span class="visually-hidden">${e("card.figure.power")}</span>
${F(i,t.power,2,"kW")}
</p>
<dl>
${W(e("card.figure.voltage"),F(i,t.voltage,1,"V"))}
${W(e("card.figure.current"),F(i,t.current,1,"A"))}
</dl>
</div>
`}function $t({hass:i,text:e,view:t},r){let n=t.charging||t.lost?.charging,o=t.lost?.since??r,s=t.since===null?null:(o-t.since)/1e3;return!t.charging&&!t.energy&&!t.returned?h:p`
<dl class="cycle">
${W(e(n?"card.figure.energy":"card.figure.last_energy"),F(i,t.energy,2,"kWh"))}
${t.returned?W(e("card.figure.returned"),F(i,t.returned,2,"kWh")):h}
${s===null?h:W(e("card.figure.duration"),p`${Q(s)}`)}
</dl>
`}function _t(i,e,{onStart:t,onRead:r,onEnd:n}){let{text:o,view:s}=i,{charging:d,phase:a}=s,c=d?e.end:e.start;if(!c&&!(d&&e.read))return p`<p class="quiet">${o("card.not_allowed")}</p>`;let l=i.disabled||a==="unavailable"||!d&&a==="signing",[u,f,g,b]=d?["end","mdi:stop","card.action.end",n]:["start","mdi:play","card.action.start",t];return p`
<div class="commands">
${d&&e.read?p`<button aria-disabled=${l} @click=${l?null:r}>
<ha-icon icon="mdi:file-sign"></ha-icon>${o("card.action.read")}
</button>`:h}
${c?p`<button class=${u} aria-disabled=${l} @click=${l?null:b}>
<ha-icon icon=${f}></ha-icon>${o(g)}
</button>`:h}
</div>
`}function xt({hass:i,text:e},t,r){if(t===void 0)return h;if(t===null)return p`<section class="quiet">${e("card.record.none")}</section>`;let{verdict:n,time:o,energy:s,pagination:d,who:a}=t,c=[s===null||t.kind==="begin"?"":`${M(s,3,i.locale)} kWh`,o?Ce(o,i):"",a].filter(Boolean);return p`
<section class="record" aria-labelledby="record">
<ha-icon
class="verdict ${n}"
icon=${dr[n]??"mdi:shield-off-outline"}
></ha-icon>
<div class="facts">
<h3 id="record">
${e(`card.record.${t.kind}`)}${d?p` · ${d}`:h}
</h3>
<p>${e(`card.verdict.${n}`)}</p>
<p class="quiet">${c.join(" · ")}</p>
</div>
<div class="downloads">
${t.downloads.map(([l,u])=>p`
<button
aria-label=${e("card.action.download",{format:l})}
title=${e("card.action.download",{format:l})}
?disabled=${!r}
@click=${()=>r?.(u)}
>
<ha-icon icon="mdi:download"></ha-icon>${l}
</button>
`)}
</div>
</section>
`}function wt(i,e,t){let{hass:r,text:n}=i,o=e.get("switch.display"),s=e.get("select.display_page"),d=q(r,e,"select.display_page");if(!o||!s||!d)return h;let a=i.disabled||i.view.phase==="unavailable",c=d.attributes.options;return p`
<details>
<summary><ha-icon icon="mdi:monitor"></ha-icon>${n("card.display.title")}</summary>
<div class="display">
<label>
<span class="visually-hidden">${n("card.display.page")}</span>
<select
?disabled=${a}
@change=${l=>{let u=l.target.value;t("select_option",s,{option:u})}}
>
<option value="" disabled .selected=${!c?.includes(d.state)}>
${n("card.display.page")}
</option>
${c?.map(l=>p`
<option value=${l} .selected=${l===d.state}>
${I(r,"select.display_page",l)}
</option>
`)}
</select>
</label>
<div>
${["on","off"].map(l=>p`
<button
?disabled=${a}
@click=${()=>{t(`turn_${l}`,o)}}
>
${n(`card.display.${l}`)}
</button>
`)}
</div>
</div>
</details>
`}function F(i,e,t,r){return e===null?p`–`:p`${M(e,t,i.locale)} <small>${r}</small>`}function W(i,e){return p`<div>
<dt>${i}</dt>
<dd class="figure">${e}</dd>
</div>`}var ie={driver_id:"",identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},Et=i=>`${m}.start.${i}`;function St(i){try{let t=JSON.parse(localStorage.getItem(Et(i))??"{}"),r=Object.entries(ie).map(([n,o])=>[n,typeof t[n]==typeof o?t[n]:o]);return Object.fromEntries(r)}catch{return ie}}function At(i,e){let t=e.keepIdentification?e:{...e,driver_id:"",identification_data:""};try{localStorage.setItem(Et(i),JSON.stringify(t))}catch{}}var Rt=v`:host{display:block;height:100%;container-type:inline-size;--dmed4-padding: var(--ha-space-4)}ha-card{display:flex;flex-direction:column;height:100%;overflow:hidden;--dmed4-accent: var(--secondary-text-color);--dmed4-tint: var(--ha-color-fill-neutral-normal-resting);--dmed4-word: var(--secondary-text-color)}ha-card.primary{--dmed4-accent: var(--primary-color);--dmed4-tint: var(--ha-color-fill-primary-normal-resting)}ha-card.success{--dmed4-accent: var(--ha-color-on-success-quiet);--dmed4-tint: var(--ha-color-fill-success-normal-resting);--dmed4-word: var(--ha-color-on-success-normal)}ha-card.warning{--dmed4-accent: var(--ha-color-on-warning-quiet);--dmed4-tint: var(--ha-color-fill-warning-normal-resting);--dmed4-word: var(--ha-color-on-warning-normal)}ha-card.danger{--dmed4-accent: var(--ha-color-on-danger-quiet);--dmed4-tint: var(--ha-color-fill-danger-normal-resting);--dmed4-word: var(--ha-color-on-danger-normal)}.header{display:flex;align-items:center;gap:12px;padding:var(--dmed4-padding) var(--dmed4-padding) 0}.badge{display:grid;flex:none;place-items:center;width:44px;height:44px;border-radius:50%;background:var(--dmed4-tint);color:var(--dmed4-accent)}.header>div{min-width:0}h2{margin:0;overflow:hidden;font-size:var(--ha-font-size-l);font-weight:var(--ha-font-weight-medium);line-height:1.3;text-overflow:ellipsis;white-space:nowrap}.state{margin:0;overflow-wrap:anywhere;color:var(--dmed4-word);font-size:var(--ha-font-size-m);line-height:1.4}.state b{font-weight:var(--ha-font-weight-medium)}.now{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:4px 24px;padding:12px var(--dmed4-padding) 0;font-variant-numeric:tabular-nums}.power{margin:0;font-size:calc(1.3 * var(--ha-font-size-4xl));line-height:1.1;letter-spacing:-.02em}.power small,.figure small{color:var(--secondary-text-color);font-size:.55em;letter-spacing:0}dl{display:flex;flex-wrap:wrap;gap:8px 24px;margin:0;font-variant-numeric:tabular-nums}dl>div{display:flex;flex-direction:column-reverse}dt{color:var(--secondary-text-color);font-size:var(--ha-font-size-s);line-height:1.4}dd{margin:0;font-size:var(--ha-font-size-l);line-height:1.4}.figure small{font-size:var(--ha-font-size-s)}dmed4-power-trace{flex:1 0 88px;height:88px;min-height:88px;margin-top:8px}.cycle{padding:12px var(--dmed4-padding) 0}.commands{display:flex;flex-wrap:wrap;gap:8px;padding:16px var(--dmed4-padding) 0}.commands>button{flex:1 1 130px;padding:0 12px}section,details,.banner{margin:16px var(--dmed4-padding) 0}section,details{padding-top:12px;border-top:1px solid var(--divider-color)}ha-card>:last-child{margin-bottom:var(--dmed4-padding)}ha-card>details:last-child{margin-bottom:4px}.banner{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;padding:12px;border-radius:var(--ha-border-radius-lg);background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal);line-height:1.4}.banner>div{flex:1 1 160px}.banner ul{margin:4px 0 0;padding-inline-start:20px}.banner button,.banner button:hover:not([disabled],[aria-disabled=true]){background:var(--card-background-color);color:inherit}.record{display:flex;flex-wrap:wrap;align-items:center;gap:12px}.record>.facts{flex:1 1 140px;min-width:0}h3{margin:0;color:var(--secondary-text-color);font-size:var(--ha-font-size-s);font-weight:400;line-height:1.4}.record p{margin:0;line-height:1.4;overflow-wrap:anywhere}.verdict{flex:none;color:var(--secondary-text-color)}.verdict.valid{color:var(--ha-color-on-success-normal)}.verdict.key_changed{color:var(--ha-color-on-warning-normal)}.verdict.invalid{color:var(--ha-color-on-danger-normal)}.quiet{color:var(--secondary-text-color);font-size:var(--ha-font-size-s)}.downloads{display:flex;flex:none;flex-wrap:wrap;gap:8px}.downloads button{padding:0 12px}.downloads ha-icon{--mdc-icon-size: 18px}details{padding-top:0}details[open]{padding-bottom:12px}summary{display:flex;align-items:center;gap:8px;min-height:44px;color:var(--secondary-text-color);cursor:pointer}summary ha-icon{--mdc-icon-size: 20px}summary:after{width:8px;height:8px;margin-inline-start:auto;margin-inline-end:4px;border:solid currentColor;border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.display{display:flex;flex-wrap:wrap;gap:8px}.display label{flex:2 1 180px}.display>div{display:flex;flex:1 1 140px;gap:8px}.display button{flex:1}.empty{padding:var(--dmed4-padding);color:var(--secondary-text-color)}ha-card.loading{min-height:220px}@container (max-width: 280px){ha-card{--dmed4-padding: 12px}.power{font-size:var(--ha-font-size-3xl)}.badge{width:36px;height:36px}}@container (min-width: 480px){.power{font-size:calc(1.6 * var(--ha-font-size-4xl))}dmed4-power-trace{flex-basis:120px;height:120px}dd{font-size:var(--ha-font-size-xl)}}@container (min-width: 700px){.commands>button{flex:0 1 240px}dmed4-power-trace{flex-basis:160px;height:160px}}@media(prefers-reduced-motion:no-preference){.busy .badge{animation:pulse 1.2s ease-in-out infinite alternate}@keyframes pulse{to{opacity:.4}}}`;var kt=.005,lr={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},cr=["board_1","board_2","fatal"];function Tt(i,e,t,r=!1){let n=k=>q(i,e,k),o=n("binary_sensor.charging"),s=o?.attributes.status,d=n("sensor.cycle_energy_imported"),a=nt(o)&&typeof s=="string",c=a&&o.state==="on",l=a?t:void 0,u=l?.power??x(n("sensor.power")),f=n("sensor.signature_status")?.state??"",g=n("binary_sensor.problem"),b=n("binary_sensor.hardware"),He=a&&g?.state==="on",de=He||a&&b?.state==="on",Pe=a?de&&!c?"fault":hr(s,f,u):"unavailable",[Ct,Mt]=lr[Pe];return{phase:Pe,tone:Ct,icon:Mt,charging:c,power:u,voltage:l?.voltage??x(n("sensor.voltage")),current:l?.current??x(n("sensor.current")),energy:x(d),returned:x(n("sensor.cycle_energy_exported")),since:c?pr(o.last_changed,d?.attributes.last_reset):null,errors:de?[...Ee(g,"errors").map(k=>I(i,"binary_sensor.problem.state_attributes.errors",k)),...cr.flatMap(k=>Ee(b,k).map(Ot=>I(i,`binary_sensor.hardware.state_attributes.${k}`,Ot)))]:[],hasProblem:de,resettable:He,signature:f,recorded:n("sensor.records_archived")?.state??"",lost:o?.state==="unavailable"?{since:Date.parse(o.last_changed),charging:r}:null}}function hr(i,e,t){return i==="active_after_power_failure"?"after_power_failure":i==="active"?t===null?"charging":t<-kt?"feeding_back":t>kt?"charging":"no_flow":e==="in_progress"?"signing":i==="idle"?"prepared":"ready"}function pr(i,e){let t=Date.parse(typeof e=="string"?e:i);return Number.isFinite(t)?t:null}var oe=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},n:{state:!0},y:{state:!0},v:{state:!0},i:{state:!0},a:{state:!0},c:{state:!0},f:{state:!0},m:{state:!0},d:{state:!0}};static styles=[J,Y,Rt];#e=new Map;#t="";#n="";#r="";#o;#i=new ne(this,{figures:e=>{this.v=e},trace:e=>this.renderRoot.querySelector("dmed4-power-trace")?.draw(e)});constructor(){super(),this.preview=!1,this.a="",this.c=""}static getConfigForm(){return dt}static getStubConfig(e){return{device_id:G(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this.n?.device_id&&(this.m=this.d=this.#o=void 0,this.#n=this.#r="",this.#i.forget()),this.n=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:r}=this;return t.entities!==r.entities||t.devices!==r.devices||t.locale!==r.locale||t.user!==r.user||t.connected!==r.connected||t.localize!==r.localize||[...this.#e.values()].some(n=>t.states[n]!==r.states[n])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("n")))return;let r=e.get("hass");(e.has("n")||r?.entities!==t.entities)&&(this.#e=rt(t,this.n?.device_id??"")),t.language!==this.#t&&(this.#t=t.language,at(t)),r?.localize!==t.localize&&(this.y=Re(t))}updated(){let{hass:e,n:t}=this,r=this.#e.get("sensor.power");if(this.#i.follow(e&&t?.device_id&&r&&!this.preview?{hass:e,deviceId:t.device_id,powerEntity:r}:void 0),!e||!this.y||!t?.device_id||!r||this.preview||(this.#s(e,t.device_id),!e.user?.is_admin||t.record===!1)||this.i||!this.#i.heard)return;let{charging:n,signature:o,recorded:s,phase:d}=this.#g(e);if(o==="in_progress"||d==="unavailable")return;let a=[n,o,s].join();a!==this.#n&&(this.#n=a,this.#l(e,t.device_id))}async#s(e,t){let r=[t,e.user?.is_admin,this.#g(e).phase==="unavailable"].join();if(r===this.#r)return;this.#r=r;let n=await ot(e,t);r===this.#r&&(n?this.d=n:this.#r="")}async#l(e,t){try{let r=await we(e,"get_last_record",{device_id:t});this.m=r?Se(r):null}catch(r){r?.translation_key==="no_record"&&(this.m=null)}}async#d(e,t){let{hass:r}=this;if(!r||this.i)return"";this.i=e,this.a=this.c="",this.f=void 0;try{return await t(r),""}catch(n){return await ke(this.hass??r,n)}finally{this.i=void 0}}async#c(e,t,r,n={}){return this.#d(e,async o=>{let s=this.n?.device_id,d=await we(o,t,{device_id:s,...n});d?.record&&(this.m=Se(d)),this.f=r})}async#a(e){this.a=await e}get#h(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#p(){return this.renderRoot.querySelector("dialog.confirm")}#u=()=>{this.#a(this.#c("resetting","reset_errors","card.done.reset"))};#m={onStart:()=>{this.#v()},onRead:()=>{this.#a(this.#c("reading","read_charge_cycle","card.done.read"))},onEnd:()=>this.#p?.showModal()};#f=(e,t,r={})=>{this.#a(this.#d("sending",n=>et(n,e,t,r)))};#y=e=>{let{hass:t}=this;t&&this.#a(ur(t,e))};#v(){this.a=this.c="",this.f=void 0,this.#h?.open(St(this.n?.device_id??""))}async#b({detail:e}){let{keepIdentification:t,...r}=e;At(this.n?.device_id??"",{keepIdentification:t,...r});let n=Object.fromEntries(Object.entries(r).filter(([,o])=>o!==""));this.c=await this.#c("starting","start_charge_cycle","card.done.started",n),this.c||this.#h?.close()}#$(){this.#p?.close(),this.#a(this.#c("ending","end_charge_cycle","card.done.ended"))}#g(e){let t=Tt(e,this.#e,this.v,this.d?.charging);if(t.lost||(this.#o=t),!t.lost?.charging||!this.#o?.charging)return t;let{energy:r,returned:n,since:o}=this.#o;return{...t,energy:r,returned:n,since:o}}render(){let{hass:e,n:t,y:r}=this;if(!e||!t||!r)return p`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("binary_sensor.charging")){let l=t.device_id?"card.missing.gone":"card.missing.none";return p`<ha-card><div class="empty">${r(l)}</div></ha-card>`}let n=this.#g(e),o={hass:e,text:r,view:n,disabled:this.i!==void 0||this.preview},s=t.name??Qe(e,t.device_id??""),d=e.user?.is_admin===!0,a=this.preview?{start:!0,read:!0,end:!0}:this.d,c=t.controls!==!1&&a;return p`
<ha-card class="${n.tone} ${this.i?"busy":""}">
${yt(o,s,this.i,this.m)}
${it(this.d?.version,r,l=>p`<section>${l}</section>`)}
${vt(o,d?this.#u:void 0)} ${bt(o)}
<dmed4-power-trace
.buffer=${this.#i.measured}
.locale=${e.locale}
.label=${r("card.trace",{minutes:R})}
></dmed4-power-trace>
${$t(o,this.#i.now)} ${this.#_(r)}
${c?_t(o,c,this.#m):h}
${d&&t.record!==!1?xt(o,this.m,this.preview?void 0:this.#y):h}
${d&&t.display!==!1?wt(o,this.#e,this.#f):h}
</ha-card>
${c&&(c.start||c.end)?this.#x(r):h}
`}#_(e){return p`
<div class="visually-hidden" role="status">${this.f?e(this.f):h}</div>
${this.a?p`<div class="banner" role="alert">
<div>${this.a}</div>
<button
@click=${()=>{this.a=""}}
>
${e("card.action.close")}
</button>
</div>`:h}
`}#x(e){return p`
${this.d?.form?p`<dmed4-start-dialog
.localize=${e}
.form=${this.d.form}
.busy=${this.i==="starting"}
.error=${this.c}
@start-charge=${t=>{this.#b(t)}}
></dmed4-start-dialog>`:h}
<dialog class="confirm" aria-labelledby="end-title">
<h2 id="end-title">${e("card.end.title")}</h2>
<p>${e("card.end.hint")}</p>
<div class="buttons">
<button
@click=${()=>{this.#p?.close()}}
>
${e("card.action.cancel")}
</button>
<button
class="end"
@click=${()=>{this.#$()}}
>
${e("card.action.end")}
</button>
</div>
</dialog>
`}};async function ur(i,e){try{return await tt(i,e),""}catch(t){return await ke(i,t)}}var mr=40;function Oe(i){return/^[\x20-\x7b\x7d\x7e]*$/.test(i)}function fr(i,e){return i?e.other_type!=="NONE"?e.other_type:e.forms.find(([,r])=>RegExp(`^(?:${r})$`).test(i))?.[0]??"UNDEFINED":e.identification_type}var se=class extends y{static properties={localize:{attribute:!1},form:{attribute:!1},busy:{type:Boolean},error:{type:String},e:{state:!0},g:{state:!0}};static styles=[J,Y,v`form{display:grid;gap:16px}label{display:grid;gap:4px;color:var(--secondary-text-color);font-size:var(--ha-font-size-s)}label.check{display:flex;align-items:center;gap:12px;min-height:44px;color:var(--primary-text-color);font-size:var(--ha-font-size-m);cursor:pointer}dialog .error{margin:0;padding:12px;border-radius:var(--ha-border-radius-lg);background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}.wrong{color:var(--ha-color-on-danger-normal);font-size:var(--ha-font-size-s)}`];constructor(){super(),this.busy=!1,this.error="",this.e=ie,this.g=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){let{drivers:t,driver:r}=this.form,n=t.some(([s])=>`${s}`===e.driver_id),o=e.identification_data?"":`${r??""}`;this.e=n?e:{...e,driver_id:o},this.g=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}render(){let{localize:e,form:t}=this,{identification_data:r,driver_id:n}=this.e,o=t.types.filter(s=>!r||s!=="NONE");return p`
<dialog aria-labelledby="title" @cancel=${this.#i}>
<h2 id="title">${e("card.start.title")}</h2>
<p>${e("card.start.hint")}</p>
<form method="dialog" novalidate @submit=${this.#s}>
${t.drivers.length?this.#n("driver_id","table.driver",[["",e("card.start.other")],...t.drivers]):h}
${n?h:[this.#t("identification_type","card.start.type",o,fr(r,t),r&&t.other_type==="NONE"?"card.start.detected":void 0),this.#r("identification_data","card.start.data",mr)]}
${this.#t("identification_level","card.start.level",t.levels,t.identification_level)}
${this.#r("tariff_text","card.start.tariff")}
<label class="check">
<input
type="checkbox"
.checked=${this.e.keepIdentification}
@change=${s=>{let{checked:d}=s.target;this.e={...this.e,keepIdentification:d}}}
/>
${e("card.start.remember")}
</label>
${this.error?p`<p class="error" role="alert">${this.error}</p>`:h}
<div class="buttons">
<button
type="button"
?disabled=${this.busy}
@click=${()=>{this.close()}}
>
${e("card.action.cancel")}
</button>
<button class="start" type="submit" ?disabled=${this.busy}>
${e(this.busy?"card.state.starting":"card.start.submit")}
</button>
</div>
</form>
</dialog>
`}#t(e,t,r,n,o="card.start.preset"){let s=this.localize,d=a=>s(`${e}.${a.toLowerCase()}`);return this.#n(e,t,[["",s(o,{value:d(n)})],...r.map(a=>[a,d(a)])])}#n(e,t,r){return p`
<label
>${this.localize(t)}
<select
name=${e}
@change=${n=>{this.#o(e,n.target.value)}}
>
${r.map(([n,o])=>p`
<option value=${n} .selected=${this.e[e]===`${n}`}>
${o}
</option>
`)}
</select>
</label>
`}#r(e,t,r){let n=this.e[e],o=this.g&&!Oe(n);return p`
<div>
<label
>${this.localize(t)}
<input
name=${e}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
maxlength=${r??h}
aria-invalid=${o}
aria-describedby="${e}-wrong"
placeholder=${this.form[e]??this.localize("card.start.hidden")}
.value=${n}
@input=${s=>{this.#o(e,s.target.value)}}
/>
</label>
<span class="wrong" id="${e}-wrong" role="alert"
>${o?this.localize("card.start.characters"):h}</span
>
</div>
`}#o(e,t){this.e={...this.e,[e]:t}}#i(e){this.busy&&e.preventDefault()}#s(e){e.preventDefault();let t=this.e.driver_id?{...this.e,identification_type:"",identification_data:""}:this.e;this.g=!0,Oe(t.identification_data)&&Oe(t.tariff_text)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:t}))}};function ae(i,e){return customElements.get(i)?!1:(customElements.define(i,e),!0)}ae("dmed4-power-trace",re);ae("dmed4-start-dialog",se);ae(Z,oe)&&(window.customCards??=[],window.customCards.push({type:Z,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:lt}));
