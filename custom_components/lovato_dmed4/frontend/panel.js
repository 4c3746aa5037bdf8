/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var $e=globalThis,be=$e.ShadowRoot&&($e.ShadyCSS===void 0||$e.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,We=Symbol(),At=new WeakMap,ie=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==We)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(be&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=At.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&At.set(t,e))}return e}toString(){return this.cssText}},Rt=r=>new ie(typeof r=="string"?r:r+"",void 0,We),v=(r,...e)=>{let t=r.length===1?r[0]:e.reduce((n,i,s)=>n+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+r[s+1],r[0]);return new ie(t,r,We)},Tt=(r,e)=>{if(be)r.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),i=$e.litNonce;i!==void 0&&n.setAttribute("nonce",i),n.textContent=t.cssText,r.appendChild(n)}},Ke=be?r=>r:r=>r instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return Rt(t)})(r):r;var{is:zn,defineProperty:Nn,getOwnPropertyDescriptor:Dn,getOwnPropertyNames:In,getOwnPropertySymbols:Un,getPrototypeOf:Fn}=Object,xe=globalThis,Et=xe.trustedTypes,Bn=Et?Et.emptyScript:"",Vn=xe.reactiveElementPolyfillSupport,se=(r,e)=>r,Ge={toAttribute(r,e){switch(e){case Boolean:r=r?Bn:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,e){let t=r;switch(e){case Boolean:t=r!==null;break;case Number:t=r===null?null:Number(r);break;case Object:case Array:try{t=JSON.parse(r)}catch{t=null}}return t}},Mt=(r,e)=>!zn(r,e),Pt={attribute:!0,type:String,converter:Ge,reflect:!1,useDefault:!1,hasChanged:Mt};Symbol.metadata??=Symbol("metadata"),xe.litPropertyMetadata??=new WeakMap;var z=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Pt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),i=this.getPropertyDescriptor(e,n,t);i!==void 0&&Nn(this.prototype,e,i)}}static getPropertyDescriptor(e,t,n){let{get:i,set:s}=Dn(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:i,set(o){let l=i?.call(this);s?.call(this,o),this.requestUpdate(e,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Pt}static _$Ei(){if(this.hasOwnProperty(se("elementProperties")))return;let e=Fn(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(se("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(se("properties"))){let t=this.properties,n=[...In(t),...Un(t)];for(let i of n)this.createProperty(i,t[i])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,i]of t)this.elementProperties.set(n,i)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let i=this._$Eu(t,n);i!==void 0&&this._$Eh.set(i,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let i of n)t.unshift(Ke(i))}else e!==void 0&&t.push(Ke(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Tt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),i=this.constructor._$Eu(e,n);if(i!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:Ge).toAttribute(t,n.type);this._$Em=e,s==null?this.removeAttribute(i):this.setAttribute(i,s),this._$Em=null}}_$AK(e,t){let n=this.constructor,i=n._$Eh.get(e);if(i!==void 0&&this._$Em!==i){let s=n.getPropertyOptions(i),o=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Ge;this._$Em=i;let l=o.fromAttribute(t,s.type);this[i]=l??this._$Ej?.get(i)??l,this._$Em=null}}requestUpdate(e,t,n,i=!1,s){if(e!==void 0){let o=this.constructor;if(i===!1&&(s=this[e]),n??=o.getPropertyOptions(e),!((n.hasChanged??Mt)(s,t)||n.useDefault&&n.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:i,wrapped:s},o){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),s!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),i===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,s]of this._$Ep)this[i]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[i,s]of n){let{wrapped:o}=s,l=this[i];o!==!0||this._$AL.has(i)||l===void 0||this.C(i,void 0,s,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};z.elementStyles=[],z.shadowRootOptions={mode:"open"},z[se("elementProperties")]=new Map,z[se("finalized")]=new Map,Vn?.({ReactiveElement:z}),(xe.reactiveElementVersions??=[]).push("2.1.2");var tt=globalThis,Ct=r=>r,we=tt.trustedTypes,Ot=we?we.createPolicy("lit-html",{createHTML:r=>r}):void 0,It="$lit$",I=`lit$${Math.random().toFixed(9).slice(2)}$`,Ut="?"+I,qn=`<${Ut}>`,q=document,ae=()=>q.createComment(""),le=r=>r===null||typeof r!="object"&&typeof r!="function",nt=Array.isArray,jn=r=>nt(r)||typeof r?.[Symbol.iterator]=="function",Ze=`[ 	
\f\r]`,oe=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Lt=/-->/g,Ht=/>/g,B=RegExp(`>|${Ze}(?:([^\\s"'>=/]+)(${Ze}*=${Ze}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),zt=/'/g,Nt=/"/g,Ft=/^(?:script|style|textarea|title)$/i,rt=r=>(e,...t)=>({_$litType$:r,strings:e,values:t}),a=rt(1),N=rt(2),jr=rt(3),j=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),Dt=new WeakMap,V=q.createTreeWalker(q,129);function Bt(r,e){if(!nt(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ot!==void 0?Ot.createHTML(e):e}var Wn=(r,e)=>{let t=r.length-1,n=[],i,s=e===2?"<svg>":e===3?"<math>":"",o=oe;for(let l=0;l<t;l++){let c=r[l],p,u,h=-1,m=0;for(;m<c.length&&(o.lastIndex=m,u=o.exec(c),u!==null);)m=o.lastIndex,o===oe?u[1]==="!--"?o=Lt:u[1]!==void 0?o=Ht:u[2]!==void 0?(Ft.test(u[2])&&(i=RegExp("</"+u[2],"g")),o=B):u[3]!==void 0&&(o=B):o===B?u[0]===">"?(o=i??oe,h=-1):u[1]===void 0?h=-2:(h=o.lastIndex-u[2].length,p=u[1],o=u[3]===void 0?B:u[3]==='"'?Nt:zt):o===Nt||o===zt?o=B:o===Lt||o===Ht?o=oe:(o=B,i=void 0);let b=o===B&&r[l+1].startsWith("/>")?" ":"";s+=o===oe?c+qn:h>=0?(n.push(p),c.slice(0,h)+It+c.slice(h)+I+b):c+I+(h===-2?l:b)}return[Bt(r,s+(r[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},ce=class r{constructor({strings:e,_$litType$:t},n){let i;this.parts=[];let s=0,o=0,l=e.length-1,c=this.parts,[p,u]=Wn(e,t);if(this.el=r.createElement(p,n),V.currentNode=this.el.content,t===2||t===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(i=V.nextNode())!==null&&c.length<l;){if(i.nodeType===1){if(i.hasAttributes())for(let h of i.getAttributeNames())if(h.endsWith(It)){let m=u[o++],b=i.getAttribute(h).split(I),f=/([.?@])?(.*)/.exec(m);c.push({type:1,index:s,name:f[2],strings:b,ctor:f[1]==="."?Ye:f[1]==="?"?Xe:f[1]==="@"?Qe:Z}),i.removeAttribute(h)}else h.startsWith(I)&&(c.push({type:6,index:s}),i.removeAttribute(h));if(Ft.test(i.tagName)){let h=i.textContent.split(I),m=h.length-1;if(m>0){i.textContent=we?we.emptyScript:"";for(let b=0;b<m;b++)i.append(h[b],ae()),V.nextNode(),c.push({type:2,index:++s});i.append(h[m],ae())}}}else if(i.nodeType===8)if(i.data===Ut)c.push({type:2,index:s});else{let h=-1;for(;(h=i.data.indexOf(I,h+1))!==-1;)c.push({type:7,index:s}),h+=I.length-1}s++}}static createElement(e,t){let n=q.createElement("template");return n.innerHTML=e,n}};function G(r,e,t=r,n){if(e===j)return e;let i=n!==void 0?t._$Co?.[n]:t._$Cl,s=le(e)?void 0:e._$litDirective$;return i?.constructor!==s&&(i?._$AO?.(!1),s===void 0?i=void 0:(i=new s(r),i._$AT(r,t,n)),n!==void 0?(t._$Co??=[])[n]=i:t._$Cl=i),i!==void 0&&(e=G(r,i._$AS(r,e.values),i,n)),e}var Je=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,i=(e?.creationScope??q).importNode(t,!0);V.currentNode=i;let s=V.nextNode(),o=0,l=0,c=n[0];for(;c!==void 0;){if(o===c.index){let p;c.type===2?p=new de(s,s.nextSibling,this,e):c.type===1?p=new c.ctor(s,c.name,c.strings,this,e):c.type===6&&(p=new et(s,this,e)),this._$AV.push(p),c=n[++l]}o!==c?.index&&(s=V.nextNode(),o++)}return V.currentNode=q,i}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},de=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,i){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=G(this,e,t),le(e)?e===d||e==null||e===""?(this._$AH!==d&&this._$AR(),this._$AH=d):e!==this._$AH&&e!==j&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):jn(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==d&&le(this._$AH)?this._$AA.nextSibling.data=e:this.T(q.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,i=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=ce.createElement(Bt(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===i)this._$AH.p(t);else{let s=new Je(i,this),o=s.u(this.options);s.p(t),this.T(o),this._$AH=s}}_$AC(e){let t=Dt.get(e.strings);return t===void 0&&Dt.set(e.strings,t=new ce(e)),t}k(e){nt(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,i=0;for(let s of e)i===t.length?t.push(n=new r(this.O(ae()),this.O(ae()),this,this.options)):n=t[i],n._$AI(s),i++;i<t.length&&(this._$AR(n&&n._$AB.nextSibling,i),t.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=Ct(e).nextSibling;Ct(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Z=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,i,s){this.type=1,this._$AH=d,this._$AN=void 0,this.element=e,this.name=t,this._$AM=i,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=d}_$AI(e,t=this,n,i){let s=this.strings,o=!1;if(s===void 0)e=G(this,e,t,0),o=!le(e)||e!==this._$AH&&e!==j,o&&(this._$AH=e);else{let l=e,c,p;for(e=s[0],c=0;c<s.length-1;c++)p=G(this,l[n+c],t,c),p===j&&(p=this._$AH[c]),o||=!le(p)||p!==this._$AH[c],p===d?e=d:e!==d&&(e+=(p??"")+s[c+1]),this._$AH[c]=p}o&&!i&&this.j(e)}j(e){e===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Ye=class extends Z{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===d?void 0:e}},Xe=class extends Z{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==d)}},Qe=class extends Z{constructor(e,t,n,i,s){super(e,t,n,i,s),this.type=5}_$AI(e,t=this){if((e=G(this,e,t,0)??d)===j)return;let n=this._$AH,i=e===d&&n!==d||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,s=e!==d&&(n===d||i);i&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},et=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){G(this,e)}};var Kn=tt.litHtmlPolyfillSupport;Kn?.(ce,de),(tt.litHtmlVersions??=[]).push("3.3.3");var Vt=(r,e,t)=>{let n=t?.renderBefore??e,i=n._$litPart$;if(i===void 0){let s=t?.renderBefore??null;n._$litPart$=i=new de(e.insertBefore(ae(),s),s,void 0,t??{})}return i._$AI(r),i};var it=globalThis,M=class extends z{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Vt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return j}};M._$litElement$=!0,M.finalized=!0,it.litElementHydrateSupport?.({LitElement:M});var Gn=it.litElementPolyfillSupport;Gn?.({LitElement:M});(it.litElementVersions??=[]).push("4.2.2");var A="lovato_dmed4";function _e(r,e){let t=new Map;for(let{entity_id:n,device_id:i,platform:s,translation_key:o}of Object.values(r.entities))i===e&&s===A&&o&&t.set(`${n.split(".",1).join()}.${o}`,n);return t}function qt(r,e,t){return r.states[e.get(t)??""]}function jt(r){return r!==void 0&&r.state!=="unavailable"&&r.state!=="unknown"}var Zn={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function Se(r,e=r?.state){let t=String(r?.attributes.unit_of_measurement),n=Number.parseFloat(e??"")*(Zn[t]??1);return Number.isFinite(n)?n:null}var C=v`button,select,input{box-sizing:border-box;min-height:44px;font:inherit;font-size:var(--ha-font-size-m);color:var(--primary-text-color)}button{display:inline-flex;align-items:center;justify-content:center;gap:8px;padding:0 16px;border:0;border-radius:var(--ha-border-radius-pill);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium);line-height:1.2;cursor:pointer;transition:background-color .12s}button:hover:not([disabled]){background:color-mix(in srgb,currentColor 20%,transparent)}button.start{background:var(--ha-color-fill-success-loud-resting);color:var(--ha-color-on-success-loud)}button.start:hover:not([disabled]){background:var(--ha-color-fill-success-loud-hover)}button.end{background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}button.end:hover:not([disabled]){background:var(--ha-color-fill-danger-normal-hover)}button[disabled]{cursor:default;opacity:.5}input,select{width:100%;padding:0 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;background:var(--ha-color-form-background)}input[type=checkbox]{flex:none;width:20px;min-height:20px;margin:0;accent-color:var(--primary-color)}option{background:var(--card-background-color)}[aria-invalid=true]{border-bottom-color:var(--error-color)}:focus-visible{outline:2px solid var(--primary-color);outline-offset:2px}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`,li=v`dialog{box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-height:calc(100dvh - 32px);padding:24px;border:0;border-radius:var(--ha-border-radius-3xl);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 8px 32px #0000004d}dialog::backdrop{background:#0000007f}dialog h2{margin:0 0 8px;font-size:var(--ha-font-size-xl);font-weight:var(--ha-font-weight-medium)}dialog p{margin:0 0 16px;color:var(--secondary-text-color);line-height:1.5}dialog .buttons{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;margin-top:24px}`;var Wt="config_panel";function Jn(r){return`component.${A}.${Wt}.${r}`}function st(r){let e=(t,n)=>r.localize(Jn(t),n);return e("card.action.start")?e:void 0}function Kt(r){r.loadBackendTranslation(Wt,A).catch(()=>{}),r.loadBackendTranslation("exceptions",A).catch(()=>{})}async function ke(r,e){let{message:t,translation_domain:n,translation_key:i,translation_placeholders:s}=e??{};if(n&&i){let l=(await r.loadBackendTranslation("exceptions",n))(`component.${n}.exceptions.${i}.message`,s);if(l)return l}return t??st(r)?.("error.connection")??""}var Yn=1e3,k=class{value;error="";busy=!1;#e;#t=0;#n;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#n)}clear(){clearTimeout(this.#n),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,n={}){clearTimeout(this.#n),this.#t+=1;let i=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${A}/${t}`,...n});if(i!==this.#t)return;this.value=s,this.error=""}catch(s){let o=await ke(e,s);if(i!==this.#t)return;if(s?.code==="unknown_command"){this.#n=setTimeout(()=>{this.load(e,t,n)},Yn);return}this.error=o}this.busy=!1,this.#e.requestUpdate()}};var Ae=["all","this_month","last_month","this_year","last_year","custom"],E={search:"",meter:"",driver:"",range:"all",since:"",until:"",verdict:""},W={view:"sessions",session:0,filters:E,period:"day",page:1},at=["valid","inconsistent","unverifiable","key_changed","invalid"],Xn=/^\d{4}-\d{2}-\d{2}$/,Qn=2**31-1;function Re(r){return Object.keys(E).some(e=>r[e]!==E[e])}function Y(r,e){let t=Number(e.slice(0,4)),n=(i,s)=>({since:i,until:he(s,-1)});switch(r.range){case"all":return{since:"",until:""};case"this_month":return n(J(e,0),J(e,1));case"last_month":return n(J(e,-1),J(e,0));case"this_year":return n(`${t}-01-01`,`${t+1}-01-01`);case"last_year":return n(`${t-1}-01-01`,`${t}-01-01`);case"custom":return{since:r.since,until:r.until}}}function lt(r,e){let[t="",n=""]=r.split("/").filter(Boolean),i=new URLSearchParams(e),s=h=>{let m=i.get(h)??"";return Xn.test(m)&&!Number.isNaN(Date.parse(m))?m:""},o=t==="session"?ot(n):0,[l,c]=[s("since"),s("until")],p=Ae.find(h=>h===i.get("range")),u=l||c?"custom":p??"all";return{view:o?"session":t==="verify"||t==="archive"?t:"sessions",session:o,filters:{search:i.get("search")??"",meter:i.get("meter")??"",driver:String(ot(i.get("driver")??"")||""),range:u,since:l,until:c,verdict:at.find(h=>h===i.get("verdict"))??""},period:i.get("period")==="month"?"month":"day",page:ot(i.get("page")??"")||1}}function ot(r){let e=/^\d+$/.test(r)?Number(r):0;return e<=Qn?e:0}function pe({view:r,session:e,filters:t,period:n,page:i}){let s=new URLSearchParams;if(r==="session")t.meter&&s.set("meter",t.meter);else if(r==="sessions"){for(let[c,p]of Object.entries(t))p&&p!==E[c]&&s.set(c,p);(t.since||t.until)&&s.delete("range"),n!=="day"&&s.set("period",n),i>1&&s.set("page",String(i))}let o={sessions:"",session:`/session/${e}`,verify:"/verify",archive:"/archive"},l=s.toString();return l?`${o[r]}?${l}`:o[r]}function Te(r,e,t){let{since:n,until:i}=Y(r,t);return{...e.length?{device_id:e}:{},...r.driver?{driver_id:[Number(r.driver)]}:{},...r.search.trim()?{search:r.search.trim()}:{},...n?{since:n}:{},...i?{until:he(i)}:{},...r.verdict?{verdict:[r.verdict]}:{}}}function Gt(r){return new Intl.DateTimeFormat("sv-SE",{timeZone:r}).format(new Date)}function he(r,e=1){let t=new Date(`${r}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}function J(r,e){let t=new Date(`${r.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}async function Zt(r,e){let t=e.includes("authSig=")?e:(await r.callWS({type:"auth/sign_path",path:e,expires:60})).path,n=document.createElement("a");n.href=r.hassUrl(t),n.download="",n.click()}var er=34;function ct(r,e,t=!1){let n=`${r}${pe(e)}`;t?history.replaceState(history.state,"",n):history.pushState({fromList:tr(r)&&e.view==="session"},"",n),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}function tr(r){return window.location.pathname.replace(/\/$/,"")===r}var R=class extends M{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},moves:{attribute:!1},revision:{attribute:!1},e:{state:!0},d:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this.d=Math.max(240,Math.round(e.contentRect.width)-er))});#t=0;constructor(){super(),this.e="",this.d=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}updated(){let e=this.renderRoot.querySelector("h2");if(!e)return;document.title=`${e.textContent.trim()} – Home Assistant`;let{moves:t=0}=this;t!==this.#t&&(this.#t=t,e.tabIndex=-1,e.focus())}href(e){return`${this.base}${pe({...this.place,...e})}`}go(e,t=!1){ct(this.base,{...this.place,...e},t)}async save(e){this.e="";try{await Zt(this.hass,e)}catch(t){this.e=await ke(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var Jt={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},Yt=new Map;function dt({language:r,number_format:e}){return e in Jt?Jt[e]:r}function T(r,e,t){let{language:n,number_format:i}=t,s=`${n} ${i} ${e}`,o=Yt.get(s);return o||(o=new Intl.NumberFormat(dt(t),{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:i!=="none"}),Yt.set(s,o)),o.format(Number(r.toFixed(e))||0)}function X(r){let e=Math.max(0,Math.floor(r)),t=n=>String(n%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function ue(r,e,t=new Date,n="short"){let{language:i,time_format:s,time_zone:o}=e.locale,l=o==="server"?{timeZone:e.config.time_zone}:{},c=new Intl.DateTimeFormat(i,{...l,dateStyle:"medium"}),u=new Intl.DateTimeFormat(s==="system"?void 0:i,{...l,timeStyle:n,...s==="12"||s==="24"?{hour12:s==="12"}:{}}).format(r);return c.format(r)===c.format(t)?u:`${c.format(r)}, ${u}`}var _="–";function g(r,e,t){return r(`${e}.${t.toLowerCase()}`)||t}function y(r,e){return T(r,0,e.locale)}function S(r,e){return r===null?_:ue(new Date(r),e,new Date(0))}function me(r,e){return/^-?\d+(\.\d+)?$/.test(r)?T(Number(r),r.split(".")[1]?.length??0,e.locale):r}function O(r,e){return r===null?_:`${me(r,e)} kWh`}function Xt(r,e,t){let n=r.split(".")[1]?.length??0;try{return new Intl.NumberFormat(dt(t.locale),{style:"currency",currency:e,minimumFractionDigits:n,maximumFractionDigits:n}).format(Number(r))}catch{return`${me(r,t)} ${e}`}}function fe(r,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${r}T00:00:00Z`))}function pt(r,e){return r===null?_:g(e,"identification_type",r)}function ht({driver:r,identification:e},t){return[r,e,t("panel.unidentified")].find(Boolean)??""}function Ee({driver:r,identification:e},t,n){let i=e&&t!==null?pt(t,n):"",s=[r===null?"":e,i].filter(Boolean);return a`${ht({driver:r,identification:e},n)}${s.length?a` <small>${s.join(" · ")}</small>`:d}`}function Qt(r,e,t){let n=Object.fromEntries(r.values.map((i,s)=>[`value_${s+1}`,rr(i,t)]));return e(`finding.${r.code}`,n)||r.code}var nr=/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d+)?([+-]\d\d):?(\d\d)(?: [A-Z])?$/;function rr(r,e){let[,t,n="",i=""]=nr.exec(r)??[],s=new Date(`${t??""}${n}:${i}`);if(t!==void 0&&!Number.isNaN(s.getTime()))return ue(s,e,new Date(0),"medium");let[,o,l=""]=/^(-?\d+\.\d+)( \w+)?$/.exec(r)??[];return o===void 0?r:`${me(o,e)}${l}`}var ir={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},sr={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function U(r){return ir[r]??["neutral","mdi:shield-off-outline"]}function ge(r){let[e,t]=sr[r];return a`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function Pe(r,e){let[t,n]=U(r);return a`<span class="chip ${t}"
><ha-icon icon=${n}></ha-icon>${g(e,"panel.verdict",r)}</span
>`}function w(r,e,t){return a`<div class="notice ${r}" role=${r==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function D(r,e,t){return r.error?w("danger","mdi:alert-circle-outline",a`<p>${r.error}</p>
<button type="button" ?disabled=${r.busy} @click=${t}>
${e("panel.retry")}
</button>`):d}function L(r){return a`<div class="waiting" role="status">
<span class="visually-hidden">${r("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function Q(r){let e=r.filter(([,t])=>t!==null&&t!==""&&t!==d);return a`<dl>
${e.map(([t,n])=>a`<div>
<dt>${t}</dt>
<dd>${n}</dd>
</div>`)}
</dl>`}var en=v`.check{display:grid;grid-template-columns:1fr auto;align-items:center;gap:12px 24px}.check .wide{grid-column:1 / -1}.check .notice{margin:0}.progress{margin-top:12px}progress{width:100%;accent-color:var(--primary-color, #009ac7)}@container (max-width: 600px){.check{grid-template-columns:1fr}}`;var $=v`var(--secondary-text-color, #5e5e5e)`;var H=v`:host{display:block;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);line-height:1.5}.card{display:block;margin:0 0 16px;padding:16px;border:1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));border-radius:var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));background:var(--ha-card-background, var(--card-background-color, #fff))}.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:12px}h2,h3,h4,p,figure,ul{margin:0;padding:0}h2,h3{font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500)}h2.title{margin:4px 0 12px;font-size:var(--ha-font-size-2xl, 24px);font-weight:400;line-height:1.3}h4{margin:16px 0 4px;font-size:var(--ha-font-size-m, 14px);font-weight:var(--ha-font-weight-medium, 500)}a{color:inherit}ul{list-style:none}small,.quiet{color:${$};font-size:var(--ha-font-size-s, 12px)}code,pre{font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px)}code.long{overflow-wrap:anywhere}pre{max-height:240px;margin:8px 0;padding:12px;overflow:auto;border-radius:var(--ha-border-radius-md, 8px);background:var(--ha-color-form-background, #f3f3f3);white-space:pre-wrap;overflow-wrap:anywhere}.tone,.notice,.banner,.chip{--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-on: var(--primary-text-color, #141414)}.success{--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-on: var(--ha-color-on-success-normal, #036730)}.warning{--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-on: var(--ha-color-on-warning-normal, #9d3800)}.danger{--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-on: var(--ha-color-on-danger-normal, #b30532)}.tone{flex:none;color:var(--dmed4-on)}.tone.neutral{color:${$}}.chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px 3px 8px;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--dmed4-fill);color:var(--dmed4-on);font-size:var(--ha-font-size-s, 12px);font-weight:var(--ha-font-weight-medium, 500);line-height:18px;white-space:nowrap}.chip ha-icon{--mdc-icon-size: 16px}.notice,.banner{display:flex;gap:12px;margin:0 0 16px;padding:12px 16px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--dmed4-fill);color:var(--dmed4-on)}.notice>div{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:8px 16px;min-width:0;overflow-wrap:anywhere}.notice p{flex:1 1 200px}.notice button,.notice button:hover:not([disabled]){background:var(--card-background-color, #fff);color:var(--primary-text-color, #141414)}.banner{padding:16px}.banner>ha-icon{flex:none;--mdc-icon-size: 32px}.banner strong{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:32px}.banner p{max-width:75ch;margin-top:4px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(190px,45%),1fr));gap:12px 24px;margin:0}*+h3{margin-top:16px}dt{color:${$};font-size:var(--ha-font-size-s, 12px)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dd small{display:block}h2:focus{outline:none}dd b{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.2}label>span{display:block;margin-bottom:4px;color:${$};font-size:var(--ha-font-size-s, 12px)}::placeholder{color:${$};opacity:1}button ha-icon{--mdc-icon-size: 20px}.downloads{display:flex;flex-wrap:wrap;gap:6px}.downloads button{gap:4px;padding:0 13px 0 9px}.parts>li,.keys>li{display:flex;gap:12px;padding:10px 0}.parts>li+li,.keys>li+li{border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.parts>li>div,.keys>li>div{flex:1;min-width:0}.parts h4{margin:0}.parts p,.keys p{max-width:80ch}.deviations li{display:flex;gap:8px;padding:2px 0}.deviations ha-icon{--mdc-icon-size: 18px}summary{display:flex;align-items:center;gap:8px 12px;min-height:44px;cursor:pointer}summary:after{flex:none;width:8px;height:8px;margin-inline:auto 4px;border:solid ${$};border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.raw>summary{color:${$}}.empty{padding:48px 16px;color:${$};text-align:center}.empty h2{margin:8px 0;color:var(--primary-text-color, #141414)}.empty p{max-width:60ch;margin:8px auto}.empty ha-icon{--mdc-icon-size: 48px}.waiting{display:grid;gap:12px;padding:8px 0}.waiting i{height:20px;border-radius:4px;background:var(--ha-color-fill-neutral-normal-resting, #e6e6e6);opacity:.6}.waiting i:nth-of-type(2){width:70%}.waiting i:nth-of-type(3){width:45%}@media(prefers-reduced-motion:no-preference){.waiting i{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.25}}}`;var or=50,Me=class extends R{static styles=[C,H,en];#e=new k(this);#t=new k(this);#n=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#a()}#a=()=>{this.#t.load(this.hass,"records/list",{...this.#l(this.info.meters[0]),limit:or})};#l(e){let{meters:t}=this.info;return!e||t.every(({archive:n})=>n===e.archive)?{}:{device_id:t.flatMap(({archive:n,device_id:i})=>n===e.archive?i??[]:[])}}#c(e){this.#n=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#l(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:n})=>n))];return a`${t.map(n=>this.#s(e.filter(i=>i.archive===n)))}
${this.#u()}`}#s(e){let{texts:t}=this,[n]=e,{value:i,busy:s}=this.#e,o=this.#n===n?.archive;return a`
${e.map(l=>this.#r(l))}
<section class="card check">
<div>
<h2>${t("panel.archive.verify")}</h2>
<p class="quiet">${t("panel.archive.verify_hint")}</p>
</div>
<button
type="button"
?disabled=${s||!n?.available}
@click=${()=>{n&&this.#c(n)}}
>
<ha-icon icon="mdi:shield-sync-outline"></ha-icon>
${t(s&&o?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${o&&i?w(i.suspicious?"warning":"success",i.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:y(i.records,this.hass),suspicious:y(i.suspicious,this.hass),failed:y(i.failed,this.hass)})):d}
${o&&this.#e.error?w("danger","mdi:alert-circle-outline",this.#e.error):d}
</div>
</section>
`}#r(e){let{texts:t,hass:n}=this,{sync:i}=e,s=_e(n,e.device_id??""),o=jt(qt(n,s,"sensor.measurement_status"));return a`<section class="card">
<header>
<h2>
${e.device_id?a`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${o?d:w("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?d:w("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:y(e.waiting,n)}))}
${this.#o(e)}
${e.failed?w("danger","mdi:shield-remove",a`<p>${t("panel.archive.failed",{count:y(e.failed,n)})}</p>
<a href=${this.#i(e)}>${t("panel.archive.show_failed")}</a>`):d}
${i.lost?w("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:y(i.lost,n)})):d}
${i.overwrites_soon?w("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):d}
${i.failed?w("warning","mdi:sync-alert",t("panel.archive.sync_failed")):d}
${Q([[t("panel.archive.records"),a`<b>${y(e.records,n)}</b>`],[t("panel.archive.suspicious"),y(e.suspicious,n)],[t("panel.archive.missing"),i.missing===null?t("panel.archive.not_known"):y(i.missing,n)],[t("panel.archive.waiting"),e.waiting?y(e.waiting,n):null],[t("panel.archive.sync"),t(this.#p(e))]])}
${i.running?this.#h(e):d} ${this.#d(e)}
</section>`}#i({device_id:e}){let t={...E,meter:e??"",verdict:"invalid"};return this.href({...W,filters:t})}#o({alarm:e}){let{texts:t}=this;return e?w("danger","mdi:key-alert-outline",a`<p>${t("panel.archive.key_alarm")}</p>
<p>
${t("panel.archive.key_known")} <code class="long">${e.expected}</code><br />
${t("panel.archive.key_found")} <code class="long">${e.found}</code>
</p>
<a href="/config/repairs">${t("panel.archive.open_repairs")}</a>`):d}#p({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#h({name:e,sync:t}){let{texts:n,hass:i}=this,s=t.fetched+(t.missing??0),o=n("panel.archive.progress",{fetched:y(t.fetched,i),all:y(s,i)});return a`<div class="progress">
<progress aria-label=${e} max=${s||1} .value=${t.fetched}></progress>
<span>${o}</span>
</div>`}#d({keys:e}){let{texts:t,hass:n}=this;return a`<h3>${t("panel.archive.keys")}</h3>
${e.length?a`<ul class="keys">
${e.map(i=>a`<li>
<ha-icon
class="tone ${i.state==="changed"?"warning":i.state==="pinned"?"success":"neutral"}"
icon=${i.state==="changed"?"mdi:key-alert-outline":"mdi:key-outline"}
></ha-icon>
<div>
<p>${g(t,"key_state",i.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:S(i.first_seen,n),last:S(i.last_seen,n)})}
</p>
<p class="quiet">
${t("panel.part.fingerprint")}
<code class="long">${i.fingerprint}</code>
</p>
<details class="raw">
<summary>${t("panel.public_key")}</summary>
<pre tabindex="0" aria-label=${t("panel.public_key")}>
${i.public_key}</pre>
</details>
</div>
</li>`)}
</ul>`:a`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#u(){let{texts:e}=this,{value:t,error:n}=this.#t;return!t&&!n?L(e):t?.total===0?d:a`<section class="card" aria-labelledby="others">
<h2 id="others">
${e("panel.others.title",{count:y(t?.total??0,this.hass)})}
</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${D(this.#t,e,this.#a)}
${this.e?w("danger","mdi:alert-circle-outline",this.e):d}
<ul class="keys">
${t?.records.map(i=>this.#m(i))}
</ul>
</section>`}#m(e){let{texts:t,hass:n}=this;return a`<li>
<div>
<p>
${e.pagination??_}, ${S(e.time??e.arrived,n)},
${e.meter??t("panel.gone")}
</p>
<p class="quiet">${g(t,"signature",e.signature)}</p>
</div>
<button
type="button"
aria-label="OCMF ${e.pagination??""}: ${t("panel.download.ocmf")}"
@click=${()=>{this.save(e.links.ocmf)}}
>
<ha-icon icon="mdi:download"></ha-icon>OCMF
</button>
</li>`}};var ut=92,mt=5;function Ce(r,e=0,t=4){let n=Math.min(0,e),i=Math.max(0,r),s=(i-n)/t||1/t,o=10**Math.floor(Math.log10(s)),l=o*([1,2,2.5,5].find(b=>b*o>=s*.999999)??10),c=Math.floor(n/l+1e-9),p=Math.max(Math.ceil(i/l-1e-9),c+1),u=Array.from({length:p-c+1},(b,f)=>(c+f)*l),h=Math.max(0,-Math.floor(Math.log10(l))),m=Math.abs(l*10**h-Math.round(l*10**h))<1e-6;return{top:p*l,bottom:c*l,ticks:u,decimals:m?h:h+1}}function rn(r,e,t,n){let i=n?.series.flatMap(({buckets:f})=>f.map(({start:K})=>K))??[];i.sort();let[s=t,o=t]=[i[0],i.at(-1)],l=[r.since,o,t].sort().at(-1)??t,c=r.until===""?l:r.until,p=[r.since===""?s:r.since,c].sort()[0]??c,u=he(p,ut)>c,h=12*(tn(c)-tn(p))+nn(c)-nn(p)+1,m=e==="day"&&u?"day":h<=ut?"month":"year",b=[];for(let f=sn(p,m);f<=c;f=ar(f,m))b.push(f);return{period:m,starts:b.slice(-ut),since:p,until:c,short:u}}var tn=r=>Number(r.slice(0,4)),nn=r=>Number(r.slice(5,7));function sn(r,e){return e==="day"?r:e==="month"?`${r.slice(0,7)}-01`:`${r.slice(0,4)}-01-01`}function ar(r,e){return e==="day"?he(r):J(r,e==="month"?1:12)}function on(r,e){let t=new Map;for(let{driver:n,driver_id:i,identification:s,imported:o,buckets:l}of r.series){let c=i===null?`i${s??""}`:`d${i}`,p={driver:n,driverId:i,identification:s},u=t.get(c)??{charger:p,total:0,bars:new Map};t.set(c,u),u.total+=Number(o);for(let h of l){let m=sn(h.start,e);u.bars.set(m,(u.bars.get(m)??0)+Number(h.imported))}}return[...t.values()].sort((n,i)=>i.total-n.total)}function an(r,{starts:e,period:t}){return cn(on(r,t).map(n=>[n]),e)}function ln(r,{starts:e,period:t}){let n=on(r,t),i=n.slice(0,n.length>mt?mt-1:mt),s=n.slice(i.length);return cn([...i.map(o=>[o]),...s.length?[s]:[]],e)}function cn(r,e){let t=e.map(n=>{let i=r.map(s=>Math.max(0,s.reduce((o,{bars:l})=>o+(l.get(n)??0),0)));return{start:n,values:i,total:i.reduce((s,o)=>s+o,0)}});return{series:r.map(n=>({charger:n.length>1?void 0:n[0]?.charger,total:n.reduce((i,{total:s})=>i+s,0)})),bars:t,highest:Math.max(0,...t.map(({total:n})=>n))}}function dn(r,e,t){let n=i=>i.toFixed(1);return r.map(({time:i,value:s},o)=>o?`H${n(e(i))}V${n(t(s))}`:`M${n(e(i))} ${n(t(s))}`).join("")}function pn(r,e,t,n){if(r.length<=2*n)return[...r];let i=new Map;for(let s of r){let o=Math.floor((s.time-e)/(t-e)*n);i.set(o,[...i.get(o)??[],s])}return[...i.values()].flatMap(s=>{let o=[...s].sort((c,p)=>c.value-p.value),l=[o[0],o.at(-1)].filter(c=>c!==void 0);return[...new Set(l)].sort((c,p)=>c.time-p.time)})}function hn(r,e,t){let i=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(l=>(e-r)/1e3/l<=t)??604800*4),s=new Date(r).getTimezoneOffset()*6e4,o=[];for(let l=Math.ceil((r-s)/i)*i+s;l<=e;l+=i)o.push(l);return o}var Oe=["begin","end","duration","energy","exported","cost","who","meter","charge_point","tariff","records","verdict"],ft=new Set(["duration","energy","exported","cost","records"]),lr=new Set(["end","exported","charge_point","records"]),un=`${A}.columns`;function mn(){try{let r=JSON.parse(localStorage.getItem(un)??"{}"),e=Oe.filter(t=>typeof r[t]=="boolean");return Object.fromEntries(e.map(t=>[t,r[t]]))}catch{return{}}}function fn(r){try{localStorage.setItem(un,JSON.stringify(r))}catch{}}function gn(r,e){let t=n=>n==="meter"?e.severalMeters:n==="cost"?e.prices:!lr.has(n);return Oe.filter(n=>n==="begin"||(r[n]??t(n)))}var gt=200,ye=44,yn=78,cr=22,yt=8;function vn(r,e,t){let{text:n,hass:i}=t,s=r.sessions===1?"panel.chart.summary_one":"panel.chart.summary",o=n(s,{energy:O(r.imported,i),sessions:y(r.sessions,i),since:fe(e.since,i),until:fe(e.until,i)}),l=ln(r,e),c=an(r,e);return a`<figure>
<figcaption>${o}</figcaption>
${r.sessions?a`${dr(l,e,o,t)} ${pr(c,e,t)}
${gr(l,t)} ${yr(c,e,t)}`:a`<p class="quiet">${n("panel.chart.none")}</p>`}
</figure>`}function dr({bars:r,highest:e},{period:t},n,{hass:i,width:s,pointed:o,onPoint:l}){let c=Ce(e),p=gt-yt-cr,u=f=>yt+p-f/c.top*p,h=(s-ye)/r.length,m=Math.min(h*.72,48),b=Math.ceil(yn/h);return a`<div
class="plot"
@pointerleave=${({pointerType:f})=>{f==="mouse"&&l("")}}
>
<svg viewBox="0 0 ${s} ${gt}" role="img" aria-label=${n}>
${c.ticks.map(f=>N`<line class="grid" x1=${ye} x2=${s} y1=${u(f)} y2=${u(f)} />
<text class="tick" x=${ye-8} y=${u(f)+4} text-anchor="end">${T(f,c.decimals,i.locale)}</text>`)}
${r.map(({start:f,values:K},P)=>{let re=ye+P*h+(h-m)/2,F=0;return N`<g
class="bar ${f===o?"pointed":""}"
@pointerenter=${()=>{l(f)}}
>
<rect class="hit" x=${ye+P*h} y=${yt} width=${h} height=${p} />
${K.map((x,qe)=>{if(!x)return d;let je=u(F);return F+=x,N`<rect class="series-${qe}" x=${re} y=${u(F)} width=${m} height=${Math.max(je-u(F),.5)} />`})}
${(r.length-1-P)%b?d:N`<text class="tick" x=${Math.min(re+m/2,s-yn/3)} y=${gt-4} text-anchor="middle">${mr(f,t,i)}</text>`}
</g>`})}
</svg>
</div>`}function pr({bars:r,series:e},{period:t},{text:n,hass:i,pointed:s}){let o=r.find(({start:c})=>c===s);if(!o)return a`<p class="quiet values">${n("panel.chart.hint")}</p>`;let l=o.values.flatMap((c,p)=>c?`${vt(e[p]?.charger,n)} ${T(c,2,i.locale)}`:[]);return a`<p class="values">
${$n(o.start,t,i)}: <b>${T(o.total,2,i.locale)} kWh</b>
${l.length?a`<span class="quiet">${l.join(" · ")}</span>`:d}
</p>`}var hr={day:{day:"numeric",month:"short"},month:{month:"short",year:"numeric"},year:{year:"numeric"}},ur={day:{dateStyle:"full"},month:{month:"long",year:"numeric"},year:{year:"numeric"}};function mr(r,e,t){return fe(r,t,hr[e])}function $n(r,e,t){return fe(r,t,ur[e])}function vt(r,e){return r?ht(r,e):e("panel.chart.others")}function fr(r){if(!r)return;let{driverId:e,identification:t}=r;return e!==null?{driver:String(e)}:t?{search:t}:void 0}function gr({series:r},{text:e,hass:t,filters:n,onFilter:i}){return a`<ul class="legend">
${r.map(({charger:s,total:o},l)=>{let c=a`<i class="series-${l}"></i>
<span>${vt(s,e)}</span>
<b>${T(o,1,t.locale)} kWh</b>`,p=fr(s),u=p?.driver===n.driver||!!p?.search&&p.search===n.search;return a`<li>
${p?a`<button
type="button"
aria-pressed=${String(u)}
@click=${()=>{i(u?{driver:"",search:""}:p)}}
>
${c}
</button>`:a`<span class="item">${c}</span>`}
</li>`})}
</ul>`}function yr({bars:r,series:e},{period:t},{text:n,hass:i}){let s=o=>o?T(o,2,i.locale):_;return a`<details class="numbers">
<summary>${n("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${n("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${n("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${n(`panel.chart.${t}`)}</th>
${e.map(({charger:o})=>a`<th scope="col" class="number">${vt(o,n)}</th>`)}
<th scope="col" class="number">${n("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${r.filter(({total:o})=>o).reverse().map(({start:o,values:l,total:c})=>a`<tr>
<th scope="row">${$n(o,t,i)}</th>
${l.map(p=>a`<td class="number">${s(p)}</td>`)}
<td class="number">${s(c)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}function bn(r){let{filters:e,meters:t,text:n,onFilter:i,onSearch:s}=r,o=l=>c=>{i({[l]:c.target.value})};return a`<form
class="filters"
role="search"
@submit=${l=>{l.preventDefault()}}
>
${vr(r)}
<label class="wide"
><span>${n("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${e.search}
placeholder=${n("panel.filter.search_hint")}
@input=${l=>{s(l.target.value)}}
/>
</label>
${t.length>1?a`<label
><span>${n("panel.filter.meter")}</span>
<select name="meter" @change=${o("meter")}>
<option value="" .selected=${!e.meter}>
${n("panel.filter.all_meters")}
</option>
${t.map(({device_id:l,name:c})=>a`<option value=${l??""} .selected=${l===e.meter}>
${c}
</option>`)}
</select>
</label>`:d}
${$r(r)}
<label
><span>${n("panel.filter.verdict")}</span>
<select name="verdict" @change=${o("verdict")}>
<option value="" .selected=${!e.verdict}>${n("panel.filter.any_verdict")}</option>
${at.map(l=>a`<option value=${l} .selected=${l===e.verdict}>
${g(n,"panel.verdict",l)}
</option>`)}
</select>
</label>
${Re(e)?a`<button
type="button"
class="reset"
@click=${()=>{i(E)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${n("panel.filter.reset")}
</button>`:d}
</form>`}function vr({filters:r,today:e,text:t,onFilter:n}){return a`<label
><span>${t("panel.filter.range")}</span>
<select
name="range"
@change=${i=>{let s=Ae.find(l=>l===i.target.value),o=s==="custom"?Y(r,e):{since:"",until:""};n({range:s??"all",...o})}}
>
${Ae.map(i=>a`<option value=${i} .selected=${i===r.range}>
${t(`panel.range.${i}`)}
</option>`)}
</select>
</label>
${r.range==="custom"?["since","until"].map(i=>a`<label
><span>${t(`panel.filter.${i}`)}</span>
<input
type="date"
name=${i}
.value=${r[i]}
@change=${s=>{n({[i]:s.target.value})}}
/>
</label>`):d}`}function $r({filters:r,drivers:e,text:t,onFilter:n}){let i=e.some(({driver_id:s})=>String(s)===r.driver);return!e.length&&!r.driver?d:a`<label
><span>${t("panel.filter.driver")}</span>
<select
name="driver"
@change=${s=>{n({driver:s.target.value})}}
>
<option value="" .selected=${!r.driver}>${t("panel.filter.all_drivers")}</option>
${e.map(({driver_id:s,name:o})=>a`<option value=${s} .selected=${String(s)===r.driver}>
${o}
</option>`)}
${r.driver&&!i?a`<option value=${r.driver} .selected=${!0}>
${t("panel.filter.gone_driver")}
</option>`:d}
</select>
</label>`}var br={previous:"mdi:chevron-left",next:"mdi:chevron-right"};function wn(r,e){let{text:t,hass:n,columns:i,onAll:s}=e,{sessions:o,total:l,offset:c,limit:p}=r;if(!o.length)return a`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
${s?a`<button type="button" @click=${s}>${t("panel.list.show_all")}</button>`:d}
</div>`;let u=Math.floor(c/p)+1,h=t("panel.list.range",{first:y(c+1,n),last:y(c+o.length,n),total:y(l,n)});return a`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${i.map(m=>a`<th role="columnheader" scope="col" class=${ft.has(m)?"number":""}>
${t(`panel.list.${m}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${o.map(m=>xr(m,e))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${h}</span>
${xn(u-1,u>1,"previous",e)}
${xn(u+1,c+p<l,"next",e)}
</nav>`}function xn(r,e,t,{text:n,onPage:i}){let s=n(`panel.list.${t}`);return a`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!e}
@click=${()=>{i(r)}}
>
<ha-icon icon=${br[t]}></ha-icon>
</button>`}function xr(r,e){let{text:t,columns:n}=e;return a`<tr role="row">
${n.map(i=>a`<td
role="cell"
class="${ft.has(i)?"number ":""}${i}"
data-label=${t(`panel.list.${i}`)}
>
${wr(i,r,e)}
</td>`)}
</tr>`}function wr(r,e,{text:t,hass:n,hrefOf:i}){let s=e.outcome==="open";switch(r){case"begin":return a`<a href=${i(e)}
>${e.begin?S(e.begin,n):t("panel.list.no_time")}</a
>`;case"end":return s?_:S(e.end,n);case"duration":return s?a`<span class="open">${t("panel.outcome.open")}</span>`:e.duration===null?_:X(e.duration);case"energy":return s?_:O(e.imported,n);case"exported":return s?_:O(e.exported,n);case"cost":return _r(e.cost,t,n);case"who":return Ee(e,e.identification_type,t);case"meter":return e.meter??t("panel.gone");case"charge_point":return e.charge_point??_;case"tariff":return e.tariff_text??_;case"records":return y(e.records,n);case"verdict":return Pe(e.verdict,t)}}function _r({amount:r,reason:e,rates:t},n,i){if(r!==null)return Xt(r,t?.currency??"",i);let s=e===null?"":g(n,"not_billed",e);return a`<span title=${s}>${_}<span class="visually-hidden">${s}</span></span>`}function _n(r,e,t){return a`<details class="columns">
<summary>${e("panel.list.columns")}</summary>
<fieldset>
<legend class="visually-hidden">${e("panel.list.columns")}</legend>
${Oe.slice(1).map(n=>a`<label>
<input
type="checkbox"
name=${n}
.checked=${r.includes(n)}
@change=${i=>{t(n,i.target.checked)}}
/>
${e(`panel.list.${n}`)}
</label>`)}
</fieldset>
</details>`}var Le=v`:host{--dmed4-series-0: #3b82c4;--dmed4-series-1: #d9730d;--dmed4-series-2: #12938a;--dmed4-series-3: #a05cc8;--dmed4-series-4: #808080}figcaption{color:${$}}.plot{margin-top:8px;overflow:hidden;touch-action:pan-y}.values{min-height:1.5em;margin-top:4px}.pointer{stroke:${$}}svg{display:block;width:100%;height:auto;overflow:visible}.grid{stroke:var(--divider-color, rgb(0 0 0 / 12%))}.tick{fill:${$};font-size:12px;font-variant-numeric:tabular-nums}`;var Sn=v`.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters .wide{grid-column:span 2}.filters input,.filters select{background:var(--card-background-color, #fff)}.icon{width:44px;padding:0}.switch{display:flex;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.switch button{background:none}[aria-pressed=true],[aria-pressed=true]:hover:not([disabled]){background:var(--ha-color-fill-primary-normal-resting, #dff3fc)!important}.numbers>summary,.columns>summary{color:${$}}.columns>summary{justify-content:flex-start}.columns>summary:after{margin-inline:0 4px}fieldset{display:flex;flex-wrap:wrap;gap:0 24px;margin:0;padding:0;border:0}fieldset label{display:flex;align-items:center;gap:8px;min-height:44px;cursor:pointer}.sessions td{height:44px;vertical-align:middle}.sessions td:last-child,.sessions th:last-child{padding-inline-end:0}.sessions small{display:block;line-height:1.3}.sessions tbody tr{position:relative}.sessions tbody tr:hover{background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.sessions a{text-decoration:none;white-space:nowrap}.sessions a:hover{text-decoration:underline}.sessions a:after{position:absolute;inset:0;content:""}.sessions a:focus-visible{outline:none}.sessions a:focus-visible:after{outline:2px solid var(--primary-color, #009ac7);outline-offset:-2px}.who,.tariff,.charge_point,.meter{max-width:220px;overflow-wrap:anywhere}.open{color:var(--ha-color-on-success-normal, #036730);font-weight:var(--ha-font-weight-medium, 500)}.paging{display:flex;align-items:center;justify-content:flex-end;gap:8px;margin-top:12px}.list[aria-busy=true] tbody{opacity:.6}.hit{fill:transparent}.pointed .hit{fill:var(--ha-color-fill-neutral-normal-resting, #e6e6e6)}.series-0{fill:var(--dmed4-series-0);background:var(--dmed4-series-0)}.series-1{fill:var(--dmed4-series-1);background:var(--dmed4-series-1)}.series-2{fill:var(--dmed4-series-2);background:var(--dmed4-series-2)}.series-3{fill:var(--dmed4-series-3);background:var(--dmed4-series-3)}.series-4{fill:var(--dmed4-series-4);background:var(--dmed4-series-4)}.legend{margin-inline:-12px;display:flex;flex-wrap:wrap;gap:4px 8px;margin-top:8px}.legend button,.legend .item{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:0 12px;background:none;font-weight:400;overflow-wrap:anywhere}.legend i{flex:none;width:12px;height:12px;border-radius:3px}.legend b{font-weight:var(--ha-font-weight-medium, 500);white-space:nowrap}@container (max-width: 600px){.filters{grid-template-columns:1fr 1fr}.filters .wide{grid-column:1 / -1}}@container (max-width: 720px){.sessions,.sessions tbody{display:block}.sessions thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sessions tbody tr{display:grid;grid-template-columns:1fr auto;align-items:center;gap:2px 12px;padding:12px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sessions td{height:auto;max-width:none;padding:0;border:0}.sessions .begin{font-weight:var(--ha-font-weight-medium, 500)}.sessions .verdict{grid-area:1 / 2;justify-self:end}.sessions .energy{grid-area:2 / 2;font-weight:var(--ha-font-weight-medium, 500)}.sessions .who{grid-area:2 / 1}.sessions .duration{grid-area:3 / 2;color:${$}}.sessions .cost{grid-column:2}.sessions .end,.sessions .exported,.sessions .records,.sessions .charge_point,.sessions .tariff,.sessions .meter{grid-column:1;color:${$};font-size:var(--ha-font-size-s, 12px);text-align:start;white-space:normal}.sessions .end:before,.sessions .exported:before,.sessions .records:before{content:attr(data-label) ": "}}`;var ee=v`.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:8px 24px 8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));text-align:start;vertical-align:top}thead th{color:${$};font-size:var(--ha-font-size-s, 12px);font-weight:400;white-space:nowrap}tbody th{font-weight:400}.number{text-align:end;white-space:nowrap}.readings td:last-child,.readings th:last-child{padding-inline-end:0}.register small{display:block}@container (max-width: 600px){.readings,.readings tbody{display:block}.readings thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.readings tbody tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.readings td{padding:0;border:0;overflow-wrap:anywhere}.readings .register{grid-area:1 / 1}.readings .value{grid-area:1 / 2;font-weight:var(--ha-font-weight-medium, 500)}.readings .time,.readings .transaction,.readings .status{color:${$};font-size:var(--ha-font-size-s, 12px)}.readings .transaction{grid-area:2 / 1}.readings .status{grid-area:2 / 2;text-align:end}.readings .time{grid-area:3 / 1 / auto / -1}}`;var $t=25,Sr=350,He=class extends R{static properties={...R.properties,i:{state:!0},c:{state:!0}};static styles=[C,H,ee,Le,Sn];#e=new k(this);#t=new k(this);#n=new k(this);#a=new k(this);#l="";#c;#s;constructor(){super(),this.i="",this.c=mn()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#s)}willUpdate(e){let t=JSON.stringify([this.place,this.#r]);t===this.#l&&!e.has("revision")||(this.#l=t,this.#h())}get#r(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:n})=>n===t[0]?.archive)?[]:t.flatMap(({archive:n,device_id:i})=>n?[]:i??[])}get#i(){return Gt(this.hass.config.time_zone)}get#o(){let{filters:e,period:t}=this.place,n=this.#i;return rn(Y(e,n),t,n,this.#t.value)}get#p(){return(this.#t.value??Y(this.place.filters,this.#i).since)&&this.#o.period==="day"?"day":"month"}updated(){super.updated();let{value:e,busy:t}=this.#e,n=Math.ceil((e?.total??0)/$t);!t&&e?.sessions.length===0&&n&&n<this.place.page&&this.go({page:n},!0);let{value:i,busy:s,error:o}=this.#t;i&&!s&&!o&&this.#c!==this.#p&&this.#d()}#h=()=>{let{filters:e,page:t}=this.place,n=this.#r;this.#e.load(this.hass,"sessions/list",{...Te(e,n,this.#i),offset:(t-1)*$t,limit:$t}),this.#d();let i=n.length?{device_id:n}:{};this.#n.load(this.hass,"drivers/list",i),this.#a.load(this.hass,"prices/list",i)};#d=()=>{let e=Te(this.place.filters,this.#r,this.#i);this.#c=this.#p,this.#t.load(this.hass,"sessions/energy",{...e,period:this.#c})};#u=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#m=e=>{clearTimeout(this.#s),this.#s=setTimeout(()=>{this.#u({search:e},!0)},Sr)};#f(e){let t=this.#r,{meters:n}=this.info,{entry_id:i}=n.find(({device_id:l})=>l===t[0])??n[0]??{},s=new URLSearchParams;for(let[l,c]of Object.entries(Te(this.place.filters,t,this.#i)))for(let p of[c].flat())s.append(l,String(p));let o=String(s)&&`?${s}`;this.save(`/api/${A}/${i??""}/sessions.${e}${o}`)}render(){let{texts:e,info:t}=this,i=this.#e.value?.total===0&&!Re(this.place.filters);return a`
<h2 class="visually-hidden">${e("panel.tab.sessions")}</h2>
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:o})=>w("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:y(o,this.hass)})))}
${i?this.#g():a`${this.#y()} ${this.#v()} ${this.#x()}`}
`}#g(){let{texts:e}=this;return a`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h3>${e("panel.empty.title")}</h3>
<p>${e("panel.empty.hint")}</p>
</section>`}#y(){return bn({filters:this.place.filters,meters:this.info.meters.filter(({device_id:e})=>e),drivers:this.#n.value?.drivers??[],today:this.#i,text:this.texts,onFilter:this.#u,onSearch:this.#m})}#v(){let{texts:e}=this,t=this.#o,n=this.#t.value;return a`<section class="card" aria-labelledby="energy">
<header>
<h3 id="energy">${e("panel.chart.title")}</h3>
${t.short?a`<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(i=>this.#b(i,t))}
</div>`:d}
</header>
${D(this.#t,e,this.#d)}
${n?.period===this.#p?this.#$(n,t):L(e)}
</section>`}#$(e,t){return vn(e,t,{text:this.texts,hass:this.hass,width:this.d,filters:this.place.filters,onFilter:this.#u,pointed:this.i,onPoint:n=>{this.i=n}})}#b(e,t){return a`<button
type="button"
aria-pressed=${String(t.period===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#x(){let{texts:e}=this,{value:t,busy:n}=this.#e;return a`<section class="card list" aria-labelledby="sessions" aria-busy=${String(n)}>
<header>
<h3 id="sessions">${e("panel.list.title")}</h3>
${t?.total?a`<div class="downloads">
${["csv","zip"].map(i=>a`<button
type="button"
title=${e(`panel.download.all_${i==="csv"?"csv":"zip"}`)}
@click=${()=>{this.#f(i)}}
>
<ha-icon icon="mdi:download"></ha-icon>${i.toUpperCase()}
</button>`)}
</div>`:d}
</header>
${this.e?w("danger","mdi:alert-circle-outline",this.e):d}
${D(this.#e,e,this.#h)}
${t?this.#w(t):this.#e.error?d:L(e)}
</section>`}#w(e){let t=gn(this.c,{severalMeters:this.info.meters.length>1,prices:!!this.#a.value?.prices.length});return a`${_n(t,this.texts,this.#_)}
${wn(e,{text:this.texts,hass:this.hass,columns:t,hrefOf:n=>this.#S(n),onPage:n=>{this.go({page:n})},onAll:this.place.filters.range==="all"?void 0:()=>{this.#u({range:"all",since:"",until:""})}})}`}#_=(e,t)=>{this.c={...this.c,[e]:t},fn(this.c)};#S(e){let t=e.device_id??this.place.filters.meter;return this.href({view:"session",session:e.session_id,filters:{...E,meter:t||(this.#r[0]??"")}})}};function kn(r,e,t){return!r||r==="0.1.0"?d:t(a`<p>${e("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${e("panel.reload")}
</button>`)}var An=v`:host{display:flex;flex-direction:column;height:100dvh;background:var(--primary-background-color, #fafafa)}.bar{display:flex;flex:none;align-items:center;height:var(--header-height, 56px);padding:var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));background:var(--app-header-background-color, #009ac7);color:var(--app-header-text-color, #fff)}h1{margin:0 0 0 8px;overflow:hidden;font-size:var(--ha-font-size-xl, 20px);font-weight:400;text-overflow:ellipsis;white-space:nowrap}.tabs{display:flex;flex:none;gap:4px;padding:0 calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));overflow-x:auto;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));background:var(--card-background-color, #fff)}.tabs a{display:inline-flex;flex:none;align-items:center;gap:8px;min-height:48px;padding:0 12px;border-bottom:3px solid transparent;color:${$};font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.tabs a:hover,.tabs a[aria-current]{color:var(--primary-text-color, #141414)}.tabs a[aria-current]{border-bottom-color:var(--primary-color, #009ac7)}.tabs a:focus-visible{outline-offset:-4px}.tabs ha-icon{--mdc-icon-size: 20px}main{flex:1;overflow-y:auto;container-type:inline-size}.content{box-sizing:border-box;max-width:1120px;margin:0 auto;padding:16px calc(16px + var(--safe-area-inset-right, 0px)) calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px))}`;var kr=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","measurement_status"]),Ar=5e3,Rr=[["sessions","mdi:format-list-bulleted"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],ze=class extends M{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},f:{state:!0},n:{state:!0},a:{state:!0}};static styles=[C,H,An];#e=new k(this);#t="";#n="";#a=!1;#l=0;#c;#s;constructor(){super(),this.narrow=!1,this.n=W,this.a=0}get#r(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#i),window.addEventListener("popstate",this.#i),this.#c=setInterval(()=>{this.n.view==="archive"&&document.visibilityState==="visible"&&this.#h()},Ar),this.#i()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#i),window.removeEventListener("popstate",this.#i),clearInterval(this.#c),this.#s?.removeEventListener("ready",this.#o),this.#s=void 0}#i=()=>{let{pathname:e,search:t}=window.location;if(!this.route||!e.startsWith(this.#r))return;let n=lt(e.slice(this.#r.length),t),{view:i,session:s}=this.n;this.#a&&(n.view!==i||n.session!==s)&&(this.#l+=1),this.#a=!0,this.n=n};#o=()=>{this.a+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let n=e.get("hass");t.language!==this.#t&&(this.#t=t.language,Kt(t)),n?.localize!==t.localize&&(this.f=st(t)),e.has("route")&&this.#i(),t.connection!==this.#s&&(this.#s?.removeEventListener("ready",this.#o),this.#s=t.connection,t.connection.addEventListener("ready",this.#o)),n?.states!==t.states&&this.#p(t),(e.has("a")||e.has("hass")&&!n)&&this.#h()}#p(e){let t=Object.values(e.entities).filter(({platform:n,translation_key:i})=>n===A&&kr.has(i??"")).map(({entity_id:n})=>e.states[n]?.state).join();t!==this.#n&&(this.#n&&(this.a+=1),this.#n=t)}#h=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#d=()=>{this.a+=1};#u=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(o=>o instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:n,pathname:i,search:s}=new URL(t.href);n!==window.location.origin||!Tr(i,this.#r)||(e.preventDefault(),ct(this.#r,lt(i.slice(this.#r.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,f:t}=this;return!e||!t?a`<div class="bar"></div>`:a`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#u}>
${Rr.map(([n,i])=>this.#m(n,i,t))}
</nav>
<main @click=${this.#u}>
<div class="content">${this.#f(e,t)}</div>
</main>
`}#m(e,t,n){let i=this.n.view==="session"?"sessions":this.n.view,s=pe({...W,view:e});return a`<a href="${this.#r}${s}" aria-current=${i===e?"page":d}>
<ha-icon icon=${t}></ha-icon>
<span>${n(`panel.tab.${e}`)}</span>
</a>`}#f(e,t){let n=this.#e.value;return a`
${kn(n?.version,t,i=>w("neutral","mdi:update",i))}
${D(this.#e,t,this.#d)}
${n?this.#g(e,t,n):this.#e.error?d:L(t)}
`}#g(e,t,n){if(!n.meters.length)return a`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#d}>${t("panel.retry")}</button>
</section>`;let{n:i,a:s}=this,o=this.#r,l=this.#l;switch(i.view){case"session":return a`<dmed4-session-page
.hass=${e}
.texts=${t}
.info=${n}
.place=${i}
.base=${o}
.revision=${s}
.moves=${l}
></dmed4-session-page>`;case"verify":return a`<dmed4-verify-page
.hass=${e}
.texts=${t}
.info=${n}
.place=${i}
.base=${o}
.revision=${s}
.moves=${l}
></dmed4-verify-page>`;case"archive":return a`<dmed4-archive-page
.hass=${e}
.texts=${t}
.info=${n}
.place=${i}
.base=${o}
.revision=${s}
.moves=${l}
></dmed4-archive-page>`;case"sessions":return a`<dmed4-overview-page
.hass=${e}
.texts=${t}
.info=${n}
.place=${i}
.base=${o}
.revision=${s}
.moves=${l}
></dmed4-overview-page>`}}};function Tr(r,e){return r===e||r.startsWith(`${e}/`)}async function Rn(r,e,t,n){try{let s=(await r.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),...n?{end_time:new Date(n*1e3).toISOString()}:{},entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return s.flatMap(({s:o,lu:l},c)=>{let p=Se(r.states[e],o);return p===null?[]:{from:l,to:s[c+1]?.lu??null,value:p}})}catch{return[]}}var Er=3e5,Pr=36e5;async function En(r,e,t,n){let i=await Rn(r,e,t/1e3,n/1e3);if(i.length){let s=i.map(({from:o,value:l})=>({time:Math.max(o*1e3,t),value:l}));return Tn(s,n)}for(let[s,o]of[["5minute",Er],["hour",Pr]]){let c=(await Mr(r,e,t,n,s)).flatMap(({start:p,mean:u})=>{let h=u===null?null:Se(r.states[e],String(u));return h===null?[]:{time:Math.max(p,t),value:h}});if(c.length)return Tn(c,Math.min(n,(c.at(-1)?.time??n)+o))}return[]}function Tn(r,e){let t=r.at(-1);return t&&t.time<e?[...r,{...t,time:e}]:[...r]}async function Mr(r,e,t,n,i){try{return(await r.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(n).toISOString(),statistic_ids:[e],period:i,types:["mean"]}))[e]??[]}catch{return[]}}var bt=180,ve=44,Cr=8,Or=22,xt=8;function Mn(r,e,{text:t,hass:n,width:i,pointed:s,onPoint:o}){let l=r.at(-1)?.time??e,c=r.map(({value:x})=>x),p=Math.max(...c),u=Ce(p,Math.min(...c),3),h=bt-xt-Or,m=i-ve-Cr,b=x=>ve+(x-e)/(l-e||1)*m,f=x=>xt+(u.top-x)/(u.top-u.bottom)*h,K=dn(pn(r,e,l,i/2),b,f),P=Lr(r,s),re=x=>{let{left:qe}=x.currentTarget.getBoundingClientRect(),je=(x.clientX-qe-ve)/m;o(e+Math.min(1,Math.max(0,je))*(l-e))},F=t("panel.session.power_summary",{highest:T(p,1,n.locale),duration:X((l-e)/1e3)});return a`<figure>
<figcaption>${F}</figcaption>
<div
class="plot"
@pointerdown=${re}
@pointermove=${re}
@pointerleave=${({pointerType:x})=>{x==="mouse"&&o(void 0)}}
>
<svg viewBox="0 0 ${i} ${bt}" role="img" aria-label=${F}>
${u.ticks.map(x=>N`<line class="grid" x1=${ve} x2=${i} y1=${f(x)} y2=${f(x)} />
<text class="tick" x=${ve-8} y=${f(x)+4} text-anchor="end">${T(x,u.decimals,n.locale)}</text>`)}
${hn(e,l,Math.floor(i/90)).map(x=>N`<text class="tick" x=${b(x)} y=${bt-4} text-anchor="middle">${Pn(x,n)}</text>`)}
<path class="area" d="${K}V${f(0)}H${b(r[0]?.time??e)}Z" />
<path class="line" d=${K} />
${P&&N`<path class="pointer" d="M${b(P.time)} ${xt}v${h}" />`}
</svg>
</div>
<p class=${P?"values":"quiet values"}>
${P?a`${Pn(P.time,n)}:
<b>${T(P.value,2,n.locale)} kW</b>`:t("panel.session.point")}
</p>
</figure>`}function Pn(r,e){return ue(new Date(r),e,new Date(r))}function Lr(r,e){if(e===void 0)return;let t=r.findLast(n=>n.time<=e)?.value;return t===void 0?void 0:{time:e,value:t}}function te(r,e,t){return a`<li>
${r}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var Hr={valid:"valid",invalid:"invalid"},zr={changed:"warning",none:"warning"};function wt(r){return a`<ha-icon class="tone ${r[0]}" icon=${r[1]}></ha-icon>`}var Nr=["success","mdi:check-circle-outline"];function Ne(r){return r?ge(r):wt(Nr)}function _t({quality:r,billable:e,reason:t,informative:n},i){return te(Ne(e?void 0:"note"),i("panel.part.clock"),a`<p>${t?g(i,"time_reason",t):g(i,"clock",r)}</p>
${n?a`<p class="quiet">${i("transparency_time.informative")}</p>`:d}`)}function St({accepted:r,refusal:e},t){return te(Ne(r?void 0:"note"),t("panel.part.transparency"),a`<p>${g(t,"refusal",e??"accepted")}</p>`)}function De(r,e){let{signature:t,key:n,deviations:i}=r;if(!r.legible)return Dr(r,e);let s=t.verdict==="valid",o=i.filter(({severity:l})=>l!=="note");return a`<ul class="parts">
${te(wt(U(Hr[t.verdict]??"unverifiable")),e("panel.part.signature"),a`<p>${g(e,"signature",t.verdict)}</p>
<p class="quiet">
${g(e,"signature_reason",t.reason)}
${t.algorithm?a`<code>${t.algorithm}</code>`:d}
</p>`)}
${te(Ne(s?n.verdict==="given"?"note":zr[n.verdict]:"note"),e("panel.part.key"),a`<p>${g(e,"key",n.verdict)}</p>
${n.fingerprint?a`<p class="quiet">
${e("panel.part.fingerprint")} <code class="long">${n.fingerprint}</code>
</p>`:d}`)}
${_t(r.clock,e)}
${te(Ne(o.length?"warning":s?void 0:"note"),e("panel.part.format"),i.length?a`<ul class="deviations">
${i.map(({code:l,path:c,severity:p})=>a`<li>
${ge(p)}
<span>${g(e,"deviation",l)} <code>${c}</code></span>
</li>`)}
</ul>`:a`<p>${e("panel.part.conforms")}</p>`)}
${St(r.transparency,e)}
</ul>`}function Dr({signature:r},e){return a`<ul class="parts">
${te(wt(U("unverifiable")),e("panel.part.signature"),a`<p>${g(e,"signature",r.verdict)}</p>
<p class="quiet">${g(e,"signature_reason",r.reason)}</p>`)}
</ul>`}function Ie(r,e,t){let n={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return r.readings.length?a`<table class="readings" role="table">
<caption class="visually-hidden">
${e("panel.readings.title")}
</caption>
<thead role="rowgroup">
<tr role="row">
${Ir.map(i=>a`<th role="columnheader" scope="col" class=${i==="value"?"number":""}>
${e(`panel.readings.${i}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${r.readings.map(i=>a`<tr role="row">
<td role="cell" class="time">${S(i.time,t)}</td>
<td role="cell" class="transaction">
${i.transaction?n[i.transaction]??i.transaction:_}
</td>
<td role="cell" class="register">
${i.name?g(e,"register",i.name):d}
<small><code>${i.register??_}</code></small>
</td>
<td role="cell" class="number value">
${i.value===null?_:me(i.value,t)}
${i.unit??""}
</td>
<td role="cell" class="status">
${Ur(i.status,e)}
${i.error_flags?a`<code>${i.error_flags}</code>`:d}
</td>
</tr>`)}
</tbody>
</table>`:a`<p class="quiet">${e("panel.readings.none")}</p>`}var Ir=["time","transaction","register","value","status"];function Ur(r,e){return r===null?_:(/^[A-Z]$/.test(r)?e(`reading_status.${r.toLowerCase()}`):"")||e("panel.readings.unknown_status",{status:r})}function Ue(r,e,t){let{meter:n,identification:i}=r;return Q([[e("panel.fact.pagination"),r.pagination],[e("panel.fact.identification"),i.data===null?null:a`${i.data}
<small>${pt(i.type,e)}</small>`],[e("panel.fact.level"),kt(i.level,e)],[e("panel.fact.flags"),i.flags.join(", ")],[e("panel.fact.tariff"),r.tariff_text],[e("panel.fact.charge_point"),r.charge_point],[e("panel.fact.made_by"),[n.vendor,n.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),n.serial_number??n.gateway_serial_number],[e("panel.fact.firmware"),n.firmware],[e("panel.fact.format_version"),r.format_version],[e("panel.fact.source"),r.source?g(e,"source",r.source):null],[e("panel.fact.arrived"),r.arrived?S(r.arrived,t):null],[e("panel.fact.verified"),r.verified?S(r.verified,t):null],[e("panel.fact.digest"),a`<code class="long">${r.digest}</code>`]])}function kt(r,e){return r===null?null:g(e,"identification_level",r)}function Fe(r,e){return a`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${r.raw}</pre>
${r.key.public_key?a`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${r.key.public_key}</pre>`:d}
</details>`}var Cn=v`.back{display:inline-flex;align-items:center;gap:8px;min-height:44px;text-decoration:none}.back:hover{text-decoration:underline}button.link{padding:0;background:none;text-decoration:underline;text-underline-offset:2px;font-weight:400}button.link:hover:not([disabled]){background:none}.records>h3{margin:24px 0 8px}.record{padding:4px 16px}.record[open]{padding-bottom:16px}.record>summary{flex-wrap:wrap}.record .name{font-weight:var(--ha-font-weight-medium, 500)}.record .chip{margin-inline-start:auto}.record>summary:after{margin-inline:0 4px}.line{fill:none;stroke:var(--dmed4-series-0);stroke-linejoin:round;stroke-width:2}.area{fill:var(--dmed4-series-0);opacity:.15}`;var On=new Set(["open","end_missing"]),Be=class extends R{static properties={...R.properties,m:{state:!0},i:{state:!0}};static styles=[C,H,ee,Le,Cn];#e=new k(this);#t=0;#n="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this.m=void 0,this.#n=""),this.#t=t,this.#a())}updated(){super.updated();let e=this.#e.value;if(!e)return;let{device_id:t,begin:n,end:i}=e,s=JSON.stringify([t,n,i]);s!==this.#n&&(this.#n=s,this.#l(e))}#a=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#l({device_id:e,begin:t,end:n,outcome:i}){let{hass:s}=this,o=_e(s,e??"").get("sensor.power"),l=Date.parse(t??""),c=i==="open"?Date.now():Date.parse(n??""),p=o!==void 0&&c>l;this.m=p?await En(s,o,l,c):[]}render(){let{texts:e}=this,{value:t,error:n}=this.#e;return a`
<a class="back" href=${this.base} @click=${this.#c}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${D(this.#e,e,this.#a)}
${this.e?w("danger","mdi:alert-circle-outline",this.e):d}
${t?this.#s(t):n?d:L(e)}
`}#c=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(W))};#s(e){let{texts:t,hass:n}=this,[i,s]=U(e.verdict),o=e.begin?t("panel.session.title",{begin:S(e.begin,n)}):t("panel.session.untimed");return a`
<h2 class="title">${o}</h2>
<div class="banner ${i}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong>${g(t,"panel.verdict",e.verdict)}</strong>
<p>${g(t,"verdict",e.verdict)}</p>
<p>${g(t,"outcome",e.outcome)}</p>
</div>
</div>
<section class="card" aria-labelledby="about">
<header>
<h3 id="about">${t("panel.session.about")}</h3>
<div class="downloads">${this.#i(e)}</div>
</header>
${this.#r(e)}
</section>
${this.#d(e)}
<section class="card" aria-labelledby="findings">
<h3 id="findings">${t("panel.session.findings")}</h3>
<ul class="parts">
${e.findings.map(l=>a`<li>
${ge(l.severity)}
<div>
<p>${Qt(l,t,n)}</p>
${e.record_reports.some(({record_id:c})=>c===l.record_id)?a`<button
type="button"
class="link"
@click=${()=>{this.#p(l.record_id)}}
>
${t("panel.session.open_record")}
</button>`:d}
</div>
</li>`)}
${e.findings.length?d:a`<li>
<ha-icon class="tone success" icon="mdi:check-circle-outline"></ha-icon>
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${_t(e.clock,t)} ${St(e.transparency,t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:y(e.record_reports.length,n)})}
</h3>
${e.record_reports.map((l,c)=>this.#h(l,c===e.record_reports.length-1))}
</section>
`}#r(e){let{texts:t,hass:n}=this,{device_id:i,duration:s,exported:o}=e,l=e.meter??t("panel.gone");return Q([[t("panel.fact.energy"),a`<b>${O(e.imported,n)}</b>`],[t("panel.fact.exported"),Number(o)?O(o,n):null],[t("panel.fact.begin"),S(e.begin,n)],[t(On.has(e.outcome)?"panel.fact.last_known":"panel.fact.end"),S(e.end,n)],[t("panel.fact.duration"),s===null||On.has(e.outcome)?null:X(s)],[t("panel.fact.identification"),Ee(e,e.identification_type,t)],[t("panel.fact.level"),kt(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),i?a`<a href="/config/devices/device/${i}">${l}</a>`:l]])}#i({links:e}){let{texts:t}=this,n=i=>e.ocmf.replace(/\.ocmf$/,`.${i}`);return[this.#o("XML",e.xml,t("panel.download.xml")),this.#o("OCMF",e.ocmf,t("panel.download.ocmf")),this.#o("CSV",n("csv"),t("panel.download.csv")),this.#o("ZIP",n("zip"),t("panel.download.zip"))]}#o(e,t,n){return a`<button
type="button"
title=${n}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#p(e){let t=this.renderRoot.querySelector(`#record-${e}`);t&&(t.open=!0,t.scrollIntoView({block:"start"}),t.querySelector("summary")?.focus({preventScroll:!0}))}#h(e,t){let{texts:n,hass:i}=this;return a`<details class="card record" id="record-${e.record_id}" ?open=${t}>
<summary>
<span class="name"
>${g(n,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${Pe(e.verdict,n)}
</summary>
${De(e,n)}
<h4>${n("panel.readings.title")}</h4>
${Ie(e,n,i)}
<h4>${n("panel.session.contents")}</h4>
${Ue(e,n,i)} ${Fe(e,n)}
<div class="downloads">
${this.#o("OCMF",e.links.ocmf,n("panel.download.ocmf"))}
${this.#o("XML",e.links.xml,n("panel.download.xml"))}
</div>
</details>`}#d(e){let{texts:t,m:n}=this;return a`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${n===void 0?L(t):n.length?Mn(n,Date.parse(e.begin??""),{text:t,hass:this.hass,width:this.d,pointed:this.i,onPoint:i=>{this.i=i}}):a`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}};var Ln=v`textarea{display:block;box-sizing:border-box;width:100%;padding:12px;resize:vertical;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal, #7a7a7a);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:var(--primary-text-color, #141414);font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px);line-height:1.5}.verify{display:grid;gap:16px;margin:16px 0 0}.verify button{justify-self:start}.verify+.notice{margin:16px 0 0}`;var Hn=2*1024*1024,Ve=class extends R{static properties={...R.properties,e:{state:!0}};static styles=[C,H,ee,Ln];#e=new k(this);constructor(){super(),this.e=""}#t=async e=>{e.preventDefault();let t=new FormData(e.target),[n="",i=""]=["record","public_key"].map(s=>{let o=t.get(s);return typeof o=="string"?o:""});this.#e.clear(),await this.#e.load(this.hass,"records/verify",{record:n.trim(),...i.trim()?{public_key:i.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};#n=e=>{let t=e.target;this.#l(t.files?.[0]),t.value=""};#a=e=>{let t=e.dataTransfer?.files[0];t&&(e.preventDefault(),this.#l(t))};async#l(e){let t=this.renderRoot.querySelector("textarea[name=record]");if(!e||!t)return;let n=e.size>Hn;this.e=n?this.texts("panel.verify.too_large",{size:String(Hn/1024/1024)}):"",!n&&(t.value=await e.text(),t.form?.requestSubmit())}render(){let{texts:e}=this,{value:t,error:n,busy:i}=this.#e,s=this.e||n;return a`
<section class="card" aria-labelledby="verify">
<h2 id="verify">${e("panel.verify.title")}</h2>
<p>${e("panel.verify.hint")}</p>
<form class="verify" @submit=${this.#t}>
<label
><span>${e("panel.verify.record")}</span>
<textarea
name="record"
rows="6"
required
spellcheck="false"
autocomplete="off"
placeholder="OCMF|{…}|{…}"
@drop=${this.#a}
></textarea>
</label>
<label
><span>${e("panel.verify.choose")}</span>
<input type="file" accept=".ocmf,.xml,.json,.txt,text/*" @change=${this.#n} />
</label>
<label
><span>${e("panel.verify.key")}</span>
<textarea name="public_key" rows="2" spellcheck="false" autocomplete="off"></textarea>
<small>${e("panel.verify.key_hint")}</small>
</label>
<button class="start" ?disabled=${i}>
<ha-icon icon="mdi:shield-search"></ha-icon>
${e(i?"panel.verify.busy":"panel.verify.submit")}
</button>
</form>
${s?w("danger","mdi:alert-circle-outline",s):d}
</section>
${t?this.#c(t):d}
`}#c(e){let t=e.records.length?e.records:[e];return a`<div id="result" tabindex="-1">
${t.length>1?a`<p>
${this.texts("panel.verify.found",{count:y(t.length,this.hass)})}
</p>`:d}
${t.map(n=>this.#s(n))}
</div>`}#s(e){let{texts:t,hass:n}=this,[i,s]=U(e.verdict);return a`<div class="banner ${i}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${g(t,"panel.verdict",e.verdict)}</strong
>
${e.legible?this.#r(e):d}
</div>
</div>
<section class="card">
${De(e,t)}
${e.legible?a`<h4>${t("panel.readings.title")}</h4>
${Ie(e,t,n)}
<h4>${t("panel.session.contents")}</h4>
${Ue(e,t,n)}`:d}
${Fe(e,t)}
</section>`}#r(e){let{texts:t,hass:n,info:i}=this,s=i.meters.find(({device_id:p})=>p===e.device_id),o={...E,meter:e.device_id??""},l=O(e.imported,n),c=S(e.begin,n);return a`<p>
${e.identification.data??t("panel.unidentified")} ·
${e.end===null?t("panel.verify.summary_open",{energy:l,begin:c}):t("panel.verify.summary",{energy:l,begin:c,end:S(e.end,n)})}
</p>
${e.signature.verdict==="valid"?a`<p>
${s?t("panel.verify.of_meter",{meter:s.name}):t("panel.verify.of_nobody")}
</p>`:d}
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?d:a`<a href=${this.href({view:"session",session:e.session_id,filters:o})}
>${t("panel.verify.open")}</a
>`}
</p>`}};function ne(r,e){return customElements.get(r)?!1:(customElements.define(r,e),!0)}ne("dmed4-archive-page",Me);ne("dmed4-overview-page",He);ne("dmed4-session-page",Be);ne("dmed4-verify-page",Ve);ne("lovato-dmed4-panel",ze);
